import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { Volume } from '../../../src/core/engine';
import { backUpSnapshot } from '../../../src/core/operations';
import type { SnapshotEntry } from '../../../src/core/snapshotEntry';
import { placeOf } from '../../../src/features/backups/place';
import { never } from '../../fixtures/engine';
import { withVolume, type Bed } from '../bed';
import { assertSame, assertSameAsPeersKeep, treeOf } from '../equality';
import { interleaved } from '../interleaved';
import type { BenchStorage } from '../peers/objectStorage';
import { packWithZstd, unpackZstd } from '../peers/tarZstd';

/** Of all that is asked for: the same as the peer's, so that both do the same work. */
const level = 3;

/** A backup of a snapshot to a file, beside what a pipe of tar and zstd makes of the volume, on the same disk; then that file to an object storage. */
export async function exportSnapshot(
  bed: Bed,
  round: number,
  snapshot: SnapshotEntry,
  archives: Volume,
): Promise<void> {
  const { operations, volume, storage } = bed;
  const ours = path.join(archives.mountpoint, 'ours.tar.zst');
  const theirs = path.join(archives.mountpoint, 'theirs.tar.zst');
  const request = { ...placeOf(ours), snapshot, level, tool: 'bench' };
  await interleaved(bed, round, [
    {
      name: 'export',
      run: () => operations.run('backup', volume.name, (run) => backUpSnapshot(operations.host, request, run)),
    },
    { name: 'tar | zstd -T0', run: () => packWithZstd(volume, theirs) },
  ]);
  const expected = await treeOf(bed, volume);
  await withVolume(bed, async (unpacked) => {
    await unpackZstd(ours, unpacked);
    assertSame(await treeOf(bed, unpacked), expected, 'export');
  });
  await withVolume(bed, async (unpacked) => {
    await unpackZstd(theirs, unpacked);
    assertSameAsPeersKeep(await treeOf(bed, unpacked), expected, 'tar | zstd');
  });
  if (storage) await upload(bed, round, storage, ours);
}

async function upload(bed: Bed, round: number, { destination, rcat }: BenchStorage, file: string): Promise<void> {
  await interleaved(bed, round, [
    { name: 'S3 upload', run: () => send(destination, file) },
    { name: 'rclone rcat', run: () => rcat(file, 'theirs') },
  ]);
  const expected = await digestOf(createReadStream(file));
  for (const name of ['ours', 'theirs']) {
    await using stored = await destination.open(name, never);
    assert.equal(await digestOf(stored.read(0, stored.bytes, never)), expected, name);
    await destination.remove(name, never);
  }
}

async function send(destination: BenchStorage['destination'], file: string): Promise<void> {
  await using target = await destination.create('ours', never);
  for await (const piece of createReadStream(file, { highWaterMark: 512 * 1024 })) await target.write(piece as Buffer);
  await target.keep();
}

async function digestOf(pieces: AsyncIterable<Uint8Array>): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(pieces, hash);
  return hash.digest('hex');
}
