import type { Analysis } from '../analysis/analysis';
import { isAnalysis } from '../analysis/isAnalysis';
import { parseFilter, type Filter } from './figures/filter';
import { isObject, isRecord } from './isRecord';
import { isPageWords, type PageWords } from './pageTexts';
import type { TimingRecord } from './record';

/** What the extension and the timings page say to each other. Both sides check what they get: see the parse functions. */
export type ExtensionMessage = RecordsMessage | FilterMessage | AnalysisMessage;

export interface RecordsMessage {
  type: 'records';
  /** Newest first. */
  records: TimingRecord[];
  /** Those of the connected engine that are known. */
  snapshots: SnapshotPoint[];
  words: PageWords;
}

/** Somebody has asked for the timings of one volume. */
export interface FilterMessage {
  type: 'filter';
  filter: Filter;
}

/** What a volume is made of, as it was asked for. Paths are for people. */
export interface AnalysisMessage {
  type: 'analysis';
  of: AnalysisSubject;
  analysis: Analysis;
  /** It has just been asked for, and was not shown yet. */
  isNew: boolean;
}

export interface AnalysisSubject {
  volume: string;
  /** Ids of snapshots; without the first, the volume as it was then. */
  snapshot?: string;
  since?: string;
}

export type PageMessage =
  | { type: 'ready' }
  | { type: 'clear' }
  | { type: 'export' | 'copyMarkdown'; filter: Filter }
  | { type: 'analyse'; of: AnalysisSubject };

/** What the size of a volume was when a snapshot was taken. */
export interface SnapshotPoint {
  id: string;
  volume: string;
  time: string;
  totalBytes: number;
  addedBytes: number;
  files: number;
}

export function parsePageMessage(message: unknown): PageMessage | undefined {
  if (!isObject(message)) return undefined;
  const { type } = message;
  if (type === 'ready' || type === 'clear') return { type };
  if (type === 'analyse') return isSubject(message['of']) ? { type, of: message['of'] } : undefined;
  if (type !== 'export' && type !== 'copyMarkdown') return undefined;
  const filter = parseFilter(message['filter']);
  return filter && { type, filter };
}

export function parseExtensionMessage(message: unknown): ExtensionMessage | undefined {
  if (!isObject(message)) return undefined;
  if (message['type'] === 'filter') {
    const filter = parseFilter(message['filter']);
    return filter && { type: 'filter', filter };
  }
  const { type, records, snapshots, words } = message;
  if (type === 'analysis') {
    const { of, analysis } = message;
    return isSubject(of) && isAnalysis(analysis) ? { type, of, analysis, isNew: message['isNew'] === true } : undefined;
  }
  if (type !== 'records' || !Array.isArray(records) || !Array.isArray(snapshots) || !isPageWords(words)) {
    return undefined;
  }
  return { type, records: records.filter(isRecord), snapshots: snapshots.filter(isSnapshotPoint), words };
}

function isSnapshotPoint(value: unknown): value is SnapshotPoint {
  return (
    isObject(value) &&
    ['id', 'volume', 'time'].every((name) => typeof value[name] === 'string') &&
    ['totalBytes', 'addedBytes', 'files'].every((name) => Number.isFinite(value[name]))
  );
}

function isSubject(value: unknown): value is AnalysisSubject {
  return (
    isObject(value) &&
    typeof value['volume'] === 'string' &&
    ['snapshot', 'since'].every((name) => value[name] === undefined || typeof value[name] === 'string')
  );
}
