import { createHash } from 'node:crypto';
import type { AgentMethods } from '../../core/agentProtocol';
import { unchangedSince } from '../../core/archive/unchangedSince';
import { backedUp, type BackupManifest, type Exclusion } from '../../core/backup/backupManifest';
import { encodeTrailer } from '../../core/backup/trailer';
import type { Entry, Loss } from '../../core/entry';
import { Failure } from '../../core/failure';
import { Waits } from '../../core/timings/waits';
import type { SnapshotEntry } from '../../core/snapshotEntry';
import { withoutExcluded } from '../archive/excluded';
import { tarOf } from '../archive/tarOf';
import { zstdFrames } from '../archive/zstdFrames';
import type { Pace } from '../pace';
import type { HostData } from '../hostData';
import { measure } from '../store/recordedSnapshot';
import { VolumeStore } from '../store/volumeStore';

type Pack = AgentMethods['snapshot.pack'];

/** Small enough that progress and a cancel come in between. */
const pieceBytes = 512 * 1024;

/** Sends a snapshot to the host as a backup, from its first byte to its last (docs/backup-format.md). */
export async function packSnapshot(
  root: string,
  { volume, snapshot, level, tool, base, exclude = [] }: Pack['params'],
  data: HostData,
  pace: Pace,
): Promise<Pack['result']> {
  const store = new VolumeStore(root, volume);
  const { kept: entries, exclusion } = withoutExcluded((await store.readManifest(snapshot)).entries, exclude);
  const entry = store.readEntry(snapshot);
  if (!entry) throw new Failure('snapshotDamaged', { snapshot, reason: 'its entry cannot be read' });
  // Of the base, the same was left out.
  const then = base && withoutExcluded((await store.readManifest(base.snapshot)).entries, exclude).kept;
  const unchanged = then && unchangedSince(then, entries);
  const members = unchanged ? entries.filter(({ path }) => !unchanged.has(path)) : entries;
  const { files, bytes: totalBytes } = measure(members);
  const waits = new Waits<'pack' | 'compress' | 'upload'>('pack', { compress: 'pack', upload: 'pack' });
  const stages = () => ({ pack: waits.of('pack'), compress: waits.of('compress'), upload: waits.of('upload') });
  pace.phase('pack', { totalFiles: files, totalBytes }, stages);
  const hash = createHash('sha256');
  let bytes = 0;
  const send = async (part: Buffer) => {
    for (let at = 0; at < part.length; at += pieceBytes) {
      await pace.orCancelled(waits.during('upload', () => data.send(part.subarray(at, at + pieceBytes))));
      await pace.turn();
    }
    bytes += part.length;
  };
  let tarBytes = 0;
  const onInput = ({ length }: Buffer) => (tarBytes += length);
  const wait = (frame: Promise<Buffer>) => waits.during('compress', () => frame);
  for await (const frame of zstdFrames(tarOf(store, snapshot, entries, pace, unchanged), { level, onInput, wait })) {
    hash.update(frame);
    await send(frame);
  }
  const manifest: BackupManifest = {
    format: exclusion ? 3 : base ? 2 : 1,
    tool,
    madeAt: new Date().toISOString(),
    snapshot: exclusion ? { ...backedUp(entry), ...whatIsIn(entry, entries, exclusion) } : backedUp(entry),
    ...(base && { base }),
    ...(exclusion && { excluded: exclusion }),
    archive: { entries: members.length, tarBytes, compressedBytes: bytes },
  };
  await send(encodeTrailer(manifest, hash));
  pace.send();
  return { bytes, tarBytes, entries: members.length, files, ...(exclusion && { excluded: exclusion }) };
}

/** Of the snapshot as whoever restores the backup gets it: what is not in it is a loss like any other. */
function whatIsIn({ losses }: SnapshotEntry, entries: readonly Entry[], { entries: count, first }: Exclusion) {
  const { files, bytes: totalBytes } = measure(entries);
  const loss: Loss[] = first === undefined ? [] : [{ kind: 'excluded', count, path: first }];
  return { entries: entries.length, files, totalBytes, losses: [...losses, ...loss] };
}
