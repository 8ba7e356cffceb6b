import { createHash } from 'node:crypto';
import * as path from 'node:path';
import { Failure } from '../../core/failure';
import { asRecord, asText } from '../wire/read';
import { describeEndpoint, parseEndpoint } from './endpoint';
import { readTls } from './readTls';
import type { Candidate, EngineStrategy } from './strategy';
import type { Surroundings } from './surroundings';
import { wellKnownSockets } from './wellKnownStrategy';

/** A Docker context, and where it leads, for people. */
export interface DockerContext {
  name: string;
  address: string;
}

/** This one is not stored: it means the platform's own socket. */
export const defaultContext = 'default';

/** Name of the current Docker context: DOCKER_CONTEXT, else `currentContext` of the CLI's config.json. */
export async function currentContext(surroundings: Surroundings): Promise<string> {
  const { env, readFile } = surroundings;
  const config = env['DOCKER_CONTEXT'] ? undefined : await readFile(path.join(folderOf(surroundings), 'config.json'));
  return env['DOCKER_CONTEXT'] || asText(asRecord(parseJson(config))['currentContext']) || defaultContext;
}

/** All contexts of the Docker CLI, by name; what cannot be read of them is left out. */
export async function listContexts(surroundings: Surroundings): Promise<DockerContext[]> {
  const folder = path.join(folderOf(surroundings), 'contexts', 'meta');
  const names = await surroundings.namesIn(folder);
  const metas = await Promise.all(names.map((name) => surroundings.readFile(path.join(folder, name, 'meta.json'))));
  const stored = metas.flatMap((text) => {
    const meta = asRecord(parseJson(text));
    const [name, host] = [asText(meta['Name']), asText(dockerIn(meta)['Host'])];
    if (name === '' || host === '') return [];
    try {
      return [{ name, address: describeEndpoint(parseEndpoint(host)) }];
    } catch {
      return [];
    }
  });
  const own = wellKnownSockets(surroundings)[0]!;
  const all = [{ name: defaultContext, address: describeEndpoint(own.endpoint) }, ...stored];
  return all.sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** The engine of a context. Rejects with engineNotFound when there is none of this name. */
export async function contextNamed(name: string, surroundings: Surroundings): Promise<Candidate> {
  const { readFile } = surroundings;
  const contexts = path.join(folderOf(surroundings), 'contexts');
  // https://github.com/docker/cli/blob/master/cli/context/store/store.go: folders are named by the digest of the name
  const digest = createHash('sha256').update(name).digest('hex');
  const docker = dockerIn(asRecord(parseJson(await readFile(path.join(contexts, 'meta', digest, 'meta.json')))));
  const address = asText(docker['Host']);
  if (!address) throw new Failure('engineNotFound', { context: name, reason: 'context' });

  const tls = await readTls(path.join(contexts, 'tls', digest, 'docker'), readFile);
  const insecure = docker['SkipTLSVerify'] === true;
  const secured = Object.keys(tls).length > 0 || insecure;
  const material = secured ? { ...tls, ...(insecure && { insecure }) } : undefined;
  return { endpoint: parseEndpoint(address, material), label: name };
}

/** One context, whichever is the current one. */
export function oneContext(name: string): EngineStrategy {
  return {
    name: `Docker context ${name}`,
    kind: 'choice',
    candidates: async (surroundings) =>
      name === defaultContext ? wellKnownSockets(surroundings).slice(0, 1) : [await contextNamed(name, surroundings)],
  };
}

function folderOf({ env, home }: Surroundings): string {
  return env['DOCKER_CONFIG'] || path.join(home, '.docker');
}

function dockerIn(meta: Record<string, unknown>): Record<string, unknown> {
  return asRecord(asRecord(meta['Endpoints'])['docker']);
}

function parseJson(text: string | undefined): unknown {
  try {
    return JSON.parse(text ?? 'null');
  } catch {
    return null;
  }
}
