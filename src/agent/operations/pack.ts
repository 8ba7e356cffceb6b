import { createHash } from 'node:crypto';
import type { AgentMethods } from '../../core/agentProtocol';
import { unchangedSince } from '../../core/archive/unchangedSince';
import { backedUp, type BackupManifest } from '../../core/backup/backupManifest';
import { encodeTrailer } from '../../core/backup/trailer';
import { Failure } from '../../core/failure';
import { Waits } from '../../core/timings/waits';
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
  { volume, snapshot, level, tool, base }: Pack['params'],
  data: HostData,
  pace: Pace,
): Promise<Pack['result']> {
  const store = new VolumeStore(root, volume);
  const { entries } = await store.readManifest(snapshot);
  const entry = store.readEntry(snapshot);
  if (!entry) throw new Failure('snapshotDamaged', { snapshot, reason: 'its entry cannot be read' });
  const unchanged = base && unchangedSince((await store.readManifest(base.snapshot)).entries, entries);
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
    format: base ? 2 : 1,
    tool,
    madeAt: new Date().toISOString(),
    snapshot: backedUp(entry),
    ...(base && { base }),
    archive: { entries: members.length, tarBytes, compressedBytes: bytes },
  };
  await send(encodeTrailer(manifest, hash));
  pace.send();
  return { bytes, tarBytes, entries: members.length, files };
}
