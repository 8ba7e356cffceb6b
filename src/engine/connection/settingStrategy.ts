import { parseEndpoint } from './endpoint';
import type { EngineStrategy } from './strategy';
import { dockerHostTls } from './dockerHostStrategy';

/** The setting `dockerVolumes.engine`; TLS material for it comes from the same variables as for DOCKER_HOST. */
export function settingStrategy(setting: string): EngineStrategy {
  return {
    name: 'setting dockerVolumes.engine',
    kind: 'choice',
    isSetting: true,
    async candidates(surroundings) {
      const address = setting.trim().replace(/^~(?=\/)/, surroundings.home);
      if (!address) return [];
      const tls = /^https:|:2376\/?$/.test(address) ? await dockerHostTls(surroundings, true) : undefined;
      return [{ endpoint: parseEndpoint(address, tls), label: '' }];
    },
  };
}
