import type { TimingRecord } from '../record';
import { groupedBy, keyOf } from './figures';
import { median } from './quantiles';

/** What people wait for most, side by side. */
export const missionKinds = ['snapshot', 'restore', 'backup', 'sync', 'persist'] as const;

export type MissionKind = (typeof missionKinds)[number];

/** Median of those that were done, in ms. */
export type MissionTimes = Partial<Record<MissionKind, { ms: number; done: number }>>;

export const storageKinds = ['fileSystem', 'database', 'objectStorage'] as const;

export type StorageKind = (typeof storageKinds)[number];

export interface VolumeTimes {
  volume: string;
  engine: string;
  times: MissionTimes;
}

export function timesByVolume(newestFirst: readonly TimingRecord[]): VolumeTimes[] {
  const groups = groupedBy(newestFirst.filter(isOfMission), volumeOf);
  return [...groups.values()].map((records) => {
    const { volume, engine } = records[0]!;
    return { volume, engine, times: timesOf(records) };
  });
}

/**
 * By what the data is: files, or those of a database; and of what goes to object storage or comes from there, once more by that.
 * One record that says what its volume holds says it of the volume's others.
 */
export function timesByStorage(newestFirst: readonly TimingRecord[]): Record<StorageKind, MissionTimes> {
  const records = newestFirst.filter(isOfMission);
  const withDatabase = new Set(records.filter(({ databases }) => databases?.length).map(volumeOf));
  const isOfDatabase = (record: TimingRecord) => withDatabase.has(volumeOf(record));
  return {
    fileSystem: timesOf(records.filter((record) => !isOfDatabase(record))),
    database: timesOf(records.filter(isOfDatabase)),
    objectStorage: timesOf(records.filter(({ destination }) => destination?.type === 's3')),
  };
}

function timesOf(records: readonly TimingRecord[]): MissionTimes {
  const times: MissionTimes = {};
  for (const kind of missionKinds) {
    const done = records.filter((record) => record.kind === kind).map(({ totalMs }) => totalMs);
    if (done.length > 0) times[kind] = { ms: median(done), done: done.length };
  }
  return times;
}

function isOfMission({ kind, outcome }: TimingRecord): boolean {
  return outcome === 'done' && (missionKinds as readonly string[]).includes(kind);
}

function volumeOf({ engine, volume }: TimingRecord): string {
  return keyOf(engine, volume);
}
