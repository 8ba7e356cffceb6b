import { dockerHostTls } from './dockerHostStrategy';
import { parseEndpoint } from './endpoint';
import type { EngineStrategy } from './strategy';

/** An address as people write it; TLS material for it comes from the same variables as for DOCKER_HOST. */
export function addressStrategy(written: string): EngineStrategy {
  return {
    name: 'address',
    kind: 'choice',
    async candidates(surroundings) {
      const address = written.trim().replace(/^~(?=\/)/, surroundings.home);
      if (!address) return [];
      const tls = /^https:|:2376\/?$/.test(address) ? await dockerHostTls(surroundings, true) : undefined;
      return [{ endpoint: parseEndpoint(address, tls), label: '' }];
    },
  };
}
