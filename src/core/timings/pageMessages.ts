import type { TimingRecord } from './record';

/** What the extension and the timings page say to each other. Both sides check what they get: see the parse functions. */
export interface RecordsMessage {
  type: 'records';
  /** Newest first. */
  records: TimingRecord[];
  words: PageWords;
}

export interface ReadyMessage {
  type: 'ready';
}

/** The page's words in the user's language. */
export interface PageWords {
  empty: string;
  more: string;
  region: string;
  oneFile: string;
  files: string;
  columns: Record<Column, string>;
  kinds: Record<string, string>;
  phases: Record<string, string>;
  parts: Record<string, string>;
  outcomes: Record<string, string>;
  /** By the code of a failure: what went wrong. */
  failures: Record<string, string>;
  /** `{0}`: a phase. */
  failedIn: string;
}

export const columns = [
  'when',
  'operation',
  'volume',
  'total',
  'outcome',
  'downtime',
  'phases',
  'moved',
  'skipped',
  'engine',
] as const;

export type Column = (typeof columns)[number];

export function parsePageMessage(message: unknown): ReadyMessage | undefined {
  return isObject(message) && message['type'] === 'ready' ? { type: 'ready' } : undefined;
}

export function parseExtensionMessage(message: unknown): RecordsMessage | undefined {
  if (!isObject(message) || message['type'] !== 'records') return undefined;
  const { records, words } = message;
  if (!Array.isArray(records) || !isWords(words)) return undefined;
  return { type: 'records', records: records.filter(isRecord), words };
}

/** Records come from a file that other versions, and other programs, may have written to. */
export function isRecord(value: unknown): value is TimingRecord {
  if (!isObject(value)) return false;
  const texts = ['id', 'kind', 'volume', 'engine', 'startedAt', 'outcome'];
  const numbers = ['totalMs', 'downtimeMs', 'bytesMoved', 'bytesSkipped', 'filesMoved', 'filesSkipped'];
  return (
    texts.every((name) => typeof value[name] === 'string') &&
    numbers.every((name) => Number.isFinite(value[name])) &&
    Array.isArray(value['phases']) &&
    value['phases'].every(
      (phase) =>
        isObject(phase) &&
        typeof phase['name'] === 'string' &&
        Number.isFinite(phase['ms']) &&
        isTextOrAbsent(phase['part']),
    ) &&
    isTextOrAbsent(value['failure']) &&
    isTextOrAbsent(value['failedIn'])
  );
}

function isWords(value: unknown): value is PageWords {
  return (
    isObject(value) &&
    ['empty', 'more', 'region', 'oneFile', 'files', 'failedIn'].every((name) => typeof value[name] === 'string') &&
    ['columns', 'kinds', 'phases', 'parts', 'outcomes', 'failures'].every((name) => isObject(value[name]))
  );
}

function isTextOrAbsent(value: unknown): boolean {
  return value === undefined || typeof value === 'string';
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
