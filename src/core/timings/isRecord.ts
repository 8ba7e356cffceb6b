import type { TimingRecord } from './record';

/** Records come from a file that other versions, and other programs, may have written to. */
export function isRecord(value: unknown): value is TimingRecord {
  if (!isObject(value)) return false;
  const texts = ['id', 'kind', 'volume', 'engine', 'startedAt', 'outcome'];
  const numbers = ['totalMs', 'downtimeMs', 'bytesMoved', 'bytesSkipped', 'filesMoved', 'filesSkipped'];
  const { phases, databases, destination, expectedMs } = value;
  return (
    value['schema'] === 1 &&
    texts.every((name) => typeof value[name] === 'string') &&
    Number.isFinite(Date.parse(value['startedAt'] as string)) &&
    numbers.every((name) => Number.isFinite(value[name])) &&
    Array.isArray(phases) &&
    phases.every(isPhase) &&
    isTextOrAbsent(value['failure']) &&
    isTextOrAbsent(value['failedIn']) &&
    (expectedMs === undefined || Number.isFinite(expectedMs)) &&
    (databases === undefined || (Array.isArray(databases) && databases.every((each) => typeof each === 'string'))) &&
    (destination === undefined ||
      (isObject(destination) && ['name', 'type'].every((name) => typeof destination[name] === 'string')))
  );
}

function isPhase(phase: unknown): boolean {
  return (
    isObject(phase) &&
    typeof phase['name'] === 'string' &&
    Number.isFinite(phase['ms']) &&
    isTextOrAbsent(phase['part'])
  );
}

function isTextOrAbsent(value: unknown): boolean {
  return value === undefined || typeof value === 'string';
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
