import type { Bench } from '../runBench';
import { seconds } from './table';

/** The paragraph of the README about speed: figures of one run, and no others. */
export function howFast({ rows, volume, machine }: Pick<Bench, 'rows' | 'volume' | 'machine'>): string {
  const { change } = volume;
  const row = (id: string) => rows.find((each) => each.id === id && each.size === 'full')!;
  const ours = (id: string) => `${seconds(row(id).ours)} s`;
  const peers = (id: string) => `${seconds(row(id).peerValue!)} s`;
  const MB = (bytes: number) => `${Math.round(bytes / 1e6)} MB`;
  const count = (files: number) => `${files.toLocaleString('en')} files`;
  const [snapshot, restore, freeze] = ['repeat-snapshot-vs-tar-gz', 'restore-vs-tar-gz', 'freeze-ms'] as const;
  return `A repeat snapshot looks at every file once and copies what changed; so does a restore. In one run, of which these are
the medians (${MB(volume.bytes)} in ${count(volume.files)}, of which ${count(change.files)}, ${MB(change.bytes)}, changed; ${machine.cores} cores), a
snapshot took ${ours(snapshot)} where \`tar czf\` in a container took ${peers(snapshot)}, a restore with its safety snapshot
${ours(restore)} where unpacking took ${peers(restore)}, and the app stood still for ${ours(freeze)} of a snapshot. On other
machines it takes other times.`;
}
