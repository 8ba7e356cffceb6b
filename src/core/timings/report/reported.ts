import type { Format } from '../../format';
import { figuresOf, type Figures } from '../figures/figures';
import { filtered, type Filter } from '../figures/filter';
import { missionKinds, storageKinds, timesByStorage, timesByVolume, type MissionTimes } from '../figures/missionTimes';
import { fill, type PageWords } from '../pageTexts';
import type { TimingRecord } from '../record';

/** What a report is of, and in which words. */
export interface Reported {
  /** Newest first; those that the filter leaves. */
  records: readonly TimingRecord[];
  filter: Filter;
  now: Date;
  words: PageWords;
  format: Format;
  title: string;
}

export function reported(
  all: readonly TimingRecord[],
  filter: Filter,
  how: Pick<Reported, 'now' | 'words' | 'format' | 'title'>,
): Reported {
  return { ...how, filter, records: filtered(all, filter, how.now) };
}

/** A table of text, for HTML and Markdown. */
export interface TextTable {
  title: string;
  head: string[];
  rows: string[][];
}

export function figuresTable({ records, words, format }: Reported): TextTable {
  const { texts, columns, kinds } = words;
  const ms = (value: number) => (Number.isFinite(value) ? format.duration(value) : '–');
  const bytes = (value: number) => (Number.isFinite(value) ? format.bytes(value) : '–');
  const rowOf = (each: Figures) => [
    ...[kinds[each.kind] ?? each.kind, each.volume, each.engine, format.count(each.done)],
    ...[ms(each.lastMs), ms(each.medianMs), ms(each.p95Ms), trendText(each.trend, words, format)],
    each.bytesPerSecond === undefined ? '–' : fill(texts.perSecond, format.bytes(each.bytesPerSecond)),
    ...[bytes(each.bytesMoved), bytes(each.bytesSkipped), ms(each.downtimeMs)],
  ];
  return {
    title: texts.figures,
    head: [
      ...[columns.operation, columns.volume, columns.engine, texts.done, texts.last, texts.median, texts.p95],
      ...[texts.trend, texts.throughput, columns.moved, columns.skipped, columns.downtime],
    ],
    rows: figuresOf(records).map(rowOf),
  };
}

export function sideBySideTable({ records, words, format }: Reported): TextTable {
  const { volume, engine } = words.columns;
  const rows = timesByVolume(records);
  const hasEngines = new Set(rows.map((each) => each.engine)).size > 1;
  return {
    title: words.texts.sideBySide,
    head: [volume, ...(hasEngines ? [engine] : []), ...missionKinds.map((kind) => words.kinds[kind] ?? kind)],
    rows: rows.map((each) => [each.volume, ...(hasEngines ? [each.engine] : []), ...timeCells(each.times, format)]),
  };
}

export function storageTable({ records, words, format }: Reported): TextTable {
  const times = timesByStorage(records);
  return {
    title: words.texts.byStorage,
    head: [words.texts.storage, ...missionKinds.map((kind) => words.kinds[kind] ?? kind)],
    rows: storageKinds.map((storage) => [words.storages[storage] ?? storage, ...timeCells(times[storage], format)]),
  };
}

function timeCells(times: MissionTimes, format: Format): string[] {
  return missionKinds.map((kind) => (times[kind] ? format.duration(times[kind].ms) : '–'));
}

/** Less than this is chance. */
const noticeable = 0.05;

/** `↗ 12% slower` */
export function trendText(trend: number | undefined, { texts }: Pick<PageWords, 'texts'>, format: Format): string {
  if (trend === undefined) return '–';
  if (Math.abs(trend) < noticeable) return texts.steady;
  const percent = `${format.count(Math.round(Math.abs(trend) * 100))}%`;
  return trend > 0 ? `↗ ${fill(texts.slower, percent)}` : `↘ ${fill(texts.faster, percent)}`;
}

/** What is chosen, for people. */
export function filterText({ filter, words }: Reported): string {
  const { texts, columns, kinds } = words;
  const parts = [
    [columns.operation, filter.kind === undefined ? undefined : (kinds[filter.kind] ?? filter.kind)],
    [columns.volume, filter.volume],
    [columns.engine, filter.engine],
    [texts.destination, filter.destination],
    [texts.period, filter.days === undefined ? undefined : fill(texts.days, filter.days)],
  ];
  return parts.flatMap(([name, value]) => (value === undefined ? [] : [`${name}: ${value}`])).join(' · ');
}
