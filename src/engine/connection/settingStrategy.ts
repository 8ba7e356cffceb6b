import { addressStrategy } from './addressStrategy';
import type { EngineStrategy } from './strategy';

/** The setting `dockerVolumes.engine`. */
export function settingStrategy(setting: string): EngineStrategy {
  return { ...addressStrategy(setting), name: 'setting dockerVolumes.engine', isSetting: true };
}
