import { summaryOf, type Summary, type TimeName, type Times } from '../times';

export type Unit = 'ms' | 'MB';

/** One line of the table. `ratio` is the peer's time ÷ ours: above 1, we are faster. */
export interface Row {
  id: string;
  size: string;
  /** Median / the peer's name and median; null where there is nobody to compare with. */
  ours: number;
  peer: string | null;
  peerValue: number | null;
  unit: Unit;
  ratio: number | null;
  runs: number;
  range: { ours: Summary; peer: Summary | null };
}

/** `what` is for people. */
export interface RowDefinition {
  id: string;
  what: string;
  ours: TimeName;
  peer?: TimeName;
  /** Of the volume, where it is not the one that the others are measured on. */
  size?: string;
  /** Milliseconds unless said. */
  unit?: Unit;
}

export const rowDefinitions: readonly RowDefinition[] = [
  { id: 'repeat-snapshot-vs-tar-gz', what: 'Snapshot after a change', ours: 'repeat snapshot', peer: 'tar czf' },
  { id: 'repeat-snapshot-vs-restic', what: 'Snapshot after a change', ours: 'repeat snapshot', peer: 'restic backup' },
  { id: 'first-snapshot-vs-cp', what: 'First snapshot', ours: 'first snapshot', peer: 'cp -a' },
  { id: 'restore-vs-tar-gz', what: 'Restore, with its safety snapshot', ours: 'restore', peer: 'tar xzf' },
  { id: 'restore-vs-packing', what: 'Restore, with its safety snapshot', ours: 'restore', peer: 'tar czf' },
  { id: 'restore-vs-restic', what: 'Restore, with its safety snapshot', ours: 'restore', peer: 'restic restore' },
  { id: 'clone-vs-cp', what: 'Clone of a volume with snapshots', ours: 'clone', peer: 'cp -a of a clone' },
  { id: 'sync-vs-rsync', what: 'Sync after a change, with its safety snapshot', ours: 'sync', peer: 'rsync' },
  { id: 'export-vs-tar-zstd', what: 'Backup of a snapshot to a file', ours: 'export', peer: 'tar | zstd -T0' },
  { id: 'export-vs-tar-gz', what: 'Backup of a snapshot to a file', ours: 'export', peer: 'tar czf' },
  { id: 's3-vs-rclone', what: 'The same file to an object storage', ours: 'S3 upload', peer: 'rclone rcat' },
  { id: 'freeze-ms', what: 'The app stands still during a snapshot', ours: 'freeze' },
  { id: 'freeze-ms', what: 'The same, a database of 0.1 GB', ours: 'freeze 0.1 GB', size: '0.1 GB' },
  { id: 'freeze-ms', what: 'The same, a database of 1 GB', ours: 'freeze 1 GB', size: '1 GB' },
  { id: 'freeze-ms', what: 'The same, a database of 10 GB', ours: 'freeze 10 GB', size: '10 GB' },
  { id: 'restore-downtime-ms', what: 'The app is stopped during a restore', ours: 'restore downtime' },
  {
    id: 'restore-downtime-beyond-ms',
    what: 'The same without its own stop and start',
    ours: 'restore downtime beyond',
  },
  { id: 'host-memory-mb', what: 'Memory of the host during a large backup', ours: 'host memory', unit: 'MB' },
];

/** The rows of what was measured; what was not there has none. */
export function rowsOf(times: Times, size: string): Row[] {
  return rowDefinitions.flatMap((definition) => {
    const peer = definition.peer ? times[definition.peer] : undefined;
    const ours = times[definition.ours];
    return peer?.length === 0 || ours.length === 0 ? [] : [rowOf(definition, ours, peer, definition.size ?? size)];
  });
}

function rowOf(
  { id, peer: name, unit = 'ms' }: RowDefinition,
  ours: number[],
  peer: number[] | undefined,
  size: string,
): Row {
  const range = { ours: summaryOf(ours), peer: peer ? summaryOf(peer) : null };
  return {
    id,
    size,
    ours: range.ours.median,
    peer: name ?? null,
    peerValue: range.peer?.median ?? null,
    unit,
    ratio: range.peer ? range.peer.median / range.ours.median : null,
    runs: ours.length,
    range,
  };
}
