import type { Volume } from '../../core/engine';
import { asRecord, asText, asTexts } from './read';

/** A volume as GET /volumes and GET /volumes/{name} write it. */
export function volumeFrom(wire: unknown): Volume {
  const volume = asRecord(wire);
  return {
    name: asText(volume['Name']),
    createdAt: asText(volume['CreatedAt']),
    driver: asText(volume['Driver']) || 'local',
    labels: asTexts(volume['Labels']),
    options: asTexts(volume['Options']),
    mountpoint: asText(volume['Mountpoint']),
    scope: asText(volume['Scope']),
  };
}
