import { createHash } from 'node:crypto';
import * as path from 'node:path';
import { Failure } from '../../core/failure';
import { asRecord, asText } from '../wire/read';
import { parseEndpoint } from './endpoint';
import { readTls } from './readTls';
import type { EngineStrategy } from './strategy';
import type { Surroundings } from './surroundings';

/** The current Docker context: DOCKER_CONTEXT, else `currentContext` of the CLI's config.json. */
export const contextStrategy: EngineStrategy = {
  name: 'Docker context',
  kind: 'choice',
  async candidates(surroundings) {
    const folder = surroundings.env['DOCKER_CONFIG'] || path.join(surroundings.home, '.docker');
    const name = await currentContext(folder, surroundings);
    // The context "default" is not stored: it means the platform's own socket, which the next strategy tries.
    if (!name || name === 'default') return [];

    // https://github.com/docker/cli/blob/master/cli/context/store/store.go: folders are named by the digest of the name
    const digest = createHash('sha256').update(name).digest('hex');
    const meta = await surroundings.readFile(path.join(folder, 'contexts', 'meta', digest, 'meta.json'));
    const docker = asRecord(asRecord(asRecord(parseJson(meta))['Endpoints'])['docker']);
    const address = asText(docker['Host']);
    if (!address) throw new Failure('engineNotFound', { context: name, reason: 'context' });

    const tls = await readTls(path.join(folder, 'contexts', 'tls', digest, 'docker'), surroundings.readFile);
    const insecure = docker['SkipTLSVerify'] === true;
    const secured = Object.keys(tls).length > 0 || insecure;
    const material = secured ? { ...tls, ...(insecure && { insecure }) } : undefined;
    return [{ endpoint: parseEndpoint(address, material), label: name }];
  },
};

async function currentContext(folder: string, { env, readFile }: Surroundings): Promise<string> {
  const config = env['DOCKER_CONTEXT'] ? undefined : await readFile(path.join(folder, 'config.json'));
  return env['DOCKER_CONTEXT'] || asText(asRecord(parseJson(config))['currentContext']);
}

function parseJson(text: string | undefined): unknown {
  try {
    return JSON.parse(text ?? 'null');
  } catch {
    return null;
  }
}
