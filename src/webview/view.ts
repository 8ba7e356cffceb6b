import type { Format } from '../core/format';
import type { Filter } from '../core/timings/figures/filter';
import type { AnalysisSubject, SnapshotPoint } from '../core/timings/pageMessages';
import type { PageTextKey, PageWords } from '../core/timings/pageTexts';
import type { TimingRecord } from '../core/timings/record';

/** What the sections of the page are made from. */
export interface View {
  /** All / those that the filter leaves, newest first. */
  all: readonly TimingRecord[];
  records: readonly TimingRecord[];
  snapshots: readonly SnapshotPoint[];
  filter: Filter;
  words: PageWords;
  format: Format;
  say: (key: PageTextKey, ...values: (string | number)[]) => string;
  /** Which of the tables behind pictures are open, and what is chosen in a picture; kept over a reload. */
  choices: Record<string, string>;
  choose: (name: string, value: string) => void;
  /** How many operations are listed; more of them on demand. */
  rows: number;
  showRows: (rows: number) => void;
  /** Asks what a volume is made of. */
  analyse: (of: AnalysisSubject) => void;
}

export function kindWord({ words }: Pick<View, 'words'>, kind: string): string {
  return words.kinds[kind] ?? kind;
}

export function phaseWord({ words }: Pick<View, 'words'>, phase: string): string {
  return words.phases[phase] ?? phase;
}

/** `34 MB · 251 files` */
export function amount({ format, say }: Pick<View, 'format' | 'say'>, bytes: number, files: number): string {
  if (bytes === 0 && files === 0) return '–';
  return `${format.bytes(bytes)} · ${files === 1 ? say('oneFile') : say('files', format.count(files))}`;
}

/** Something that is not known, or of nothing, is a dash. */
export function orDash(ms: number | undefined, words: (ms: number) => string): string {
  return ms === undefined || !Number.isFinite(ms) || ms === 0 ? '–' : words(ms);
}
