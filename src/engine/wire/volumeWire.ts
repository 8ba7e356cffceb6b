import type { Volume } from '../../core/engine';
import { asRecord, asText, asTexts } from './read';
import { withoutSecrets } from './secrets';

/** A volume as GET /volumes and GET /volumes/{name} write it. */
export function volumeFrom(wire: unknown): Volume {
  const volume = asRecord(wire);
  return {
    name: asText(volume['Name']),
    createdAt: asText(volume['CreatedAt']),
    driver: asText(volume['Driver']) || 'local',
    labels: asTexts(volume['Labels']),
    options: withoutSecrets(asTexts(volume['Options'])),
    mountpoint: asText(volume['Mountpoint']),
    scope: asText(volume['Scope']),
  };
}

/** The engine's own JSON for people, without the passwords in it. `Status` is what a plugin says of its volume. */
export function rawForPeople(wire: unknown): unknown {
  const volume = asRecord(wire);
  const masked = ['Options', 'Status'].filter((key) => key in volume && volume[key] !== null);
  return { ...volume, ...Object.fromEntries(masked.map((key) => [key, maskedTexts(volume[key])])) };
}

function maskedTexts(value: unknown): unknown {
  return { ...asRecord(value), ...withoutSecrets(asTexts(value)) };
}
