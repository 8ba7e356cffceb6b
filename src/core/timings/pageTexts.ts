/** What the page says, by keys that both sides know; `{0}` and so on are replaced. */
export const pageTextKeys = [
  ...['empty', 'noMatch', 'more', 'region', 'oneFile', 'files', 'failedIn', 'shown'],
  ...['filters', 'all', 'period', 'destination', 'lastDay', 'lastWeek', 'lastMonth', 'days', 'resetFilters'],
  ...['export', 'copyMarkdown', 'clear'],
  ...['figures', 'figuresNote', 'done', 'last', 'median', 'p95', 'trend', 'throughput', 'perSecond'],
  ...['slower', 'faster', 'steady', 'others'],
  ...['sideBySide', 'sideBySideNote', 'byVolume', 'byStorage', 'storage', 'ofSome'],
  ...['pictures', 'asTable', 'arrowKeys', 'nothingToShow'],
  ...['timeline', 'timelineNote', 'phasesPicture', 'phasesNote'],
  ...['cost', 'costNote', 'costOf', 'model', 'tooLittle', 'predicted', 'offBy', 'residuals', 'measured', 'fitted'],
  ...['sizes', 'sizesNote', 'sizeOf', 'size', 'added', 'snapshot', 'filesTitle'],
  ...[
    'analysis',
    'analyse',
    'analysisOf',
    'comparedWith',
    'asItIs',
    'nothing',
    'holds',
    'folders',
    'filesList',
    'path',
    'share',
  ],
  ...['bySize', 'byAge', 'sizeBelow', 'sizeBetween', 'sizeAbove', 'youngerThan', 'ageBetween', 'olderThan'],
  ...['changedMost', 'changes', 'how'],
  ...['operations', 'expected'],
] as const;

export type PageTextKey = (typeof pageTextKeys)[number];

/** The page's words in the user's language. */
export interface PageWords {
  texts: Record<PageTextKey, string>;
  columns: Record<Column, string>;
  kinds: Record<string, string>;
  phases: Record<string, string>;
  parts: Record<string, string>;
  outcomes: Record<string, string>;
  /** What has happened to a file. */
  changes: Record<string, string>;
  /** Kinds of storage. */
  storages: Record<string, string>;
  /** By the code of a failure: what went wrong. */
  failures: Record<string, string>;
}

/** Of the list of operations. */
export const columns = [
  'when',
  'operation',
  'volume',
  'total',
  'expected',
  'outcome',
  'downtime',
  'phases',
  'moved',
  'skipped',
  'engine',
  'destination',
] as const;

export type Column = (typeof columns)[number];

export function isPageWords(value: unknown): value is PageWords {
  if (typeof value !== 'object' || value === null) return false;
  const words = value as Record<string, unknown>;
  const lists = ['texts', 'columns', 'kinds', 'phases', 'parts', 'outcomes', 'changes', 'storages', 'failures'];
  return (
    lists.every((name) => isTexts(words[name])) &&
    pageTextKeys.every((key) => key in (words['texts'] as object)) &&
    columns.every((key) => key in (words['columns'] as object))
  );
}

function isTexts(value: unknown): value is Record<string, string> {
  return typeof value === 'object' && value !== null && Object.values(value).every((text) => typeof text === 'string');
}

/** Puts values into a text, in any order; a value that looks like a place is left as it is. */
export function fill(text: string, ...values: (string | number)[]): string {
  return text.replace(/{(\d)}/g, (place, index: string) => String(values[Number(index)] ?? place));
}
