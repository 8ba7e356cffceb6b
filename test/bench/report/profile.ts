import type { TimingRecord } from '../../../src/core/timings/record';
import { summaryOf } from '../times';

/** Median milliseconds of each phase of an operation: where its time goes. */
export type Profile = Record<string, Record<string, number>>;

export function profileOf(records: readonly TimingRecord[]): Profile {
  const names = new Set(records.map(nameOf));
  return Object.fromEntries(
    [...names].map((name) => [name, mediansOf(records.filter((record) => nameOf(record) === name))]),
  );
}

/** First and repeat snapshots, with and without an app at work, are different things. */
function nameOf({ kind, bytesSkipped, downtimeMs }: TimingRecord): string {
  const first = kind === 'snapshot' && bytesSkipped === 0 ? 'first ' : '';
  return `${first}${kind}${downtimeMs > 0 ? ', in use' : ''}`;
}

function mediansOf(records: readonly TimingRecord[]): Record<string, number> {
  const phases = new Set(records.flatMap((record) => record.phases.map(({ name }) => name)));
  const median = (of: (record: TimingRecord) => number) => Math.round(summaryOf(records.map(of)).median);
  const sumOf = (name: string) => (record: TimingRecord) =>
    record.phases.reduce((sum, phase) => sum + (phase.name === name ? phase.ms : 0), 0);
  return {
    ...Object.fromEntries([...phases].map((name) => [name, median(sumOf(name))])),
    total: median(({ totalMs }) => totalMs),
  };
}
