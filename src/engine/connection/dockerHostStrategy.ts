import * as path from 'node:path';
import { parseEndpoint, type Tls } from './endpoint';
import { readTls } from './readTls';
import type { EngineStrategy } from './strategy';
import type { Surroundings } from './surroundings';

/** DOCKER_HOST with DOCKER_TLS_VERIFY and DOCKER_CERT_PATH, as the Docker CLI reads them. */
export const dockerHostStrategy: EngineStrategy = {
  name: 'DOCKER_HOST',
  kind: 'choice',
  async candidates(surroundings) {
    const address = surroundings.env['DOCKER_HOST'];
    if (!address) return [];
    const tcp = !/^(unix|npipe|ssh):/.test(address);
    const tls = tcp ? await dockerHostTls(surroundings, /^https:|:2376\/?$/.test(address)) : undefined;
    return [{ endpoint: parseEndpoint(address, tls), label: '' }];
  },
};

/** The CLI speaks TLS when DOCKER_TLS_VERIFY (check the server) or DOCKER_TLS (do not) is set to anything. */
export async function dockerHostTls(surroundings: Surroundings, wanted: boolean): Promise<Tls | undefined> {
  const { env, home, readFile } = surroundings;
  const verify = Boolean(env['DOCKER_TLS_VERIFY']);
  if (!verify && !env['DOCKER_TLS'] && !wanted) return undefined;
  const folder = env['DOCKER_CERT_PATH'] || env['DOCKER_CONFIG'] || path.join(home, '.docker');
  return { ...(await readTls(folder, readFile)), ...(!verify && env['DOCKER_TLS'] && { insecure: true }) };
}
