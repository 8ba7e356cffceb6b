/** What is measured, in milliseconds, the memory in MB. Ours first, then the peers. */
export const timeNames = [
  'first snapshot',
  'repeat snapshot',
  'restore',
  'freeze',
  'restore downtime',
  'restore downtime beyond',
  'freeze 0.1 GB',
  'freeze 1 GB',
  'freeze 10 GB',
  'clone',
  'sync',
  'export',
  'S3 upload',
  'host memory',
  'cp -a',
  'cp -a of a clone',
  'rsync',
  'tar czf',
  'tar xzf',
  'restic backup',
  'restic restore',
  'tar | zstd -T0',
  'rclone rcat',
] as const;

export type TimeName = (typeof timeNames)[number];

/** One figure for each run, in the order of the runs. */
export type Times = Record<TimeName, number[]>;

export function noTimes(): Times {
  return Object.fromEntries(timeNames.map((name) => [name, []])) as unknown as Times;
}

export interface Summary {
  median: number;
  min: number;
  max: number;
}

export function summaryOf(values: readonly number[]): Summary {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (index: number) => sorted[index] ?? NaN;
  const middle = (sorted.length - 1) / 2;
  return {
    median: (at(Math.floor(middle)) + at(Math.ceil(middle))) / 2,
    min: at(0),
    max: at(sorted.length - 1),
  };
}
