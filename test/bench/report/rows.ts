import { summaryOf, type Summary, type TimeName, type Times } from '../times';

/** One line of the table. `ratio` is the peer's time ÷ ours: above 1, we are faster. */
export interface Row {
  id: string;
  size: string;
  /** Median / the peer's name and median; null where there is nobody to compare with. */
  ours: number;
  peer: string | null;
  peerValue: number | null;
  unit: 'ms';
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
}

export const rowDefinitions: readonly RowDefinition[] = [
  { id: 'repeat-snapshot-vs-tar-gz', what: 'Snapshot after a change', ours: 'repeat snapshot', peer: 'tar czf' },
  { id: 'repeat-snapshot-vs-restic', what: 'Snapshot after a change', ours: 'repeat snapshot', peer: 'restic backup' },
  { id: 'first-snapshot-vs-cp', what: 'First snapshot', ours: 'first snapshot', peer: 'cp -a' },
  { id: 'restore-vs-tar-gz', what: 'Restore, with its safety snapshot', ours: 'restore', peer: 'tar xzf' },
  { id: 'restore-vs-restic', what: 'Restore, with its safety snapshot', ours: 'restore', peer: 'restic restore' },
  { id: 'freeze-ms', what: 'The app stands still during a snapshot', ours: 'freeze' },
  { id: 'restore-downtime-ms', what: 'The app is stopped during a restore', ours: 'restore downtime' },
];

/** The rows of what was measured; a peer that was not there has none. */
export function rowsOf(times: Times, size: string): Row[] {
  return rowDefinitions.flatMap((definition) => {
    const peer = definition.peer ? times[definition.peer] : undefined;
    return peer?.length === 0 ? [] : [rowOf(definition, times[definition.ours], peer, size)];
  });
}

function rowOf({ id, peer: name }: RowDefinition, ours: number[], peer: number[] | undefined, size: string): Row {
  const range = { ours: summaryOf(ours), peer: peer ? summaryOf(peer) : null };
  return {
    id,
    size,
    ours: range.ours.median,
    peer: name ?? null,
    peerValue: range.peer?.median ?? null,
    unit: 'ms',
    ratio: range.peer ? range.peer.median / range.ours.median : null,
    runs: ours.length,
    range,
  };
}
