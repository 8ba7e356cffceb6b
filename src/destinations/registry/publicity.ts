import { hubHost } from '../../core/backup/repositoryAddress';
import { isFailure } from '../../core/failure';
import { dockerLogins } from './dockerConfig';
import { discard } from './http';
import { Repository, type RegistryOptions } from './repository';

/**
 * Who can read what is in a repository: `open`: whoever reaches the registry, without a login; `asUsual`: it is not there
 * yet, and the registry makes new ones public unless it is told otherwise.
 */
export type Publicity = 'open' | 'asUsual' | 'private';

/** Rejects where the registry cannot be asked. */
export async function publicityOf(options: RegistryOptions, signal: AbortSignal): Promise<Publicity> {
  const anonymous = new Repository({ ...options, findLogin: () => Promise.resolve(undefined) });
  if (await isAnswered(anonymous, signal)) return 'open';
  if (anonymous.host !== hubHost) return 'private';
  const own = new Repository({ ...options, findLogin: options.findLogin ?? dockerLogins() });
  return (await isThere(own, signal)) ? 'private' : 'asUsual';
}

/** Also where it is said that there is none of this name: then that is said to everybody. */
async function isAnswered(repository: Repository, signal: AbortSignal): Promise<boolean> {
  try {
    await look(repository, signal);
    return true;
  } catch (error) {
    if (isFailure(error, 'destinationRefused')) return false;
    throw error;
  }
}

async function isThere(repository: Repository, signal: AbortSignal): Promise<boolean> {
  try {
    return (await look(repository, signal)) === 200;
  } catch (error) {
    if (isFailure(error, 'destinationRefused')) return false;
    throw error;
  }
}

async function look(repository: Repository, signal: AbortSignal): Promise<number> {
  const request = { kind: 'read', method: 'GET', action: 'pull', expect: [200, 404], signal } as const;
  const answer = await repository.ask({ ...request, at: '/tags/list?n=1' });
  discard(answer);
  return answer.statusCode!;
}
