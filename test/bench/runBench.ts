import { once } from 'node:events';
import { Cancelled } from '../../src/core/failure';
import { Operations } from '../fixtures/operations';
import type { Bed } from './bed';
import type { SizeName } from './generate/sizes';
import { openStorage } from './peers/objectStorage';
import { openRestic } from './peers/restic';
import { openRsync } from './peers/rsync';
import { hasTarZstd } from './peers/tarZstd';
import { makeReferenceVolume } from './referenceVolume';
import { describeRun, type RunDescription } from './report/description';
import { profileOf, type Profile } from './report/profile';
import { rowsOf, type Row } from './report/rows';
import { copies } from './stages/copies';
import { exportSnapshot } from './stages/export';
import { firstSnapshot } from './stages/first';
import { freezesBySize } from './stages/freezes';
import { hostMemory } from './stages/hostMemory';
import { volumeInUse } from './stages/inUse';
import { repeatSnapshot } from './stages/repeat';
import { restore } from './stages/restore';
import { noTimes } from './times';

/** What a run has found: docs/bench.json. */
export interface Bench extends RunDescription {
  rows: Row[];
  profile: Profile;
}

/**
 * Measures ours and the peers in turn. Rejects when any result was not equal to what it should be. Nothing it made is
 * left on the engine, whether it is done, fails or is aborted.
 */
export async function runBench(
  { size, runs }: { size: SizeName; runs: number },
  say: (line: string) => void,
  signal: AbortSignal,
): Promise<Bench> {
  await using operations = await Operations.connect();
  const work = measure(operations, size, runs, say);
  work.catch(() => {}); // after an abort its containers are removed under it
  return await Promise.race([work, once(signal, 'abort').then(() => Promise.reject(new Cancelled()))]);
}

async function measure(operations: Operations, size: SizeName, runs: number, say: (line: string) => void) {
  const { test } = operations;
  const volume = await makeReferenceVolume(test, size);
  const archives = await test.createVolume('archives');
  const restic = await openRestic(await test.createVolume('restic'));
  if (!restic) say('restic is not installed, or cannot see the volumes: its rows are left out');
  const rsync = await openRsync(volume);
  if (!rsync) say('rsync is not installed, or cannot see the volumes: its row is left out');
  await using storage = await openStorage();
  if (!storage) say('rclone is not installed, or no object storage: its rows are left out');
  const canExport = await hasTarZstd(archives);
  if (!canExport) say('zstd is not installed, or cannot see the volumes: its rows are left out');
  const bed: Bed = { operations, volume, size, times: noTimes(), restic, rsync, storage, changes: [] };

  await warmUp(bed);
  for (let round = 0; round < runs; round++) {
    const started = performance.now();
    await firstSnapshot(bed, round);
    const snapshot = await repeatSnapshot(bed, round, archives);
    if (canExport) await exportSnapshot(bed, round, snapshot, archives);
    await restore(bed, round, snapshot, archives);
    await copies(bed, round);
    await volumeInUse(bed);
    say(`round ${round + 1} of ${runs}: ${Math.round((performance.now() - started) / 1000)} s`);
  }
  const profile = profileOf(operations.records);
  await freezesBySize(bed, say);
  await hostMemory(bed);
  return { ...(await describeRun(bed)), rows: rowsOf(bed.times, size), profile };
}

/** Makes the agent's image, the store, and the first backup that restic's repeated ones build on. */
async function warmUp({ operations, volume, restic }: Bed): Promise<void> {
  const small = await operations.test.createVolume();
  await operations.delete(await operations.snapshot(small));
  await restic?.backup(volume);
  operations.records.length = 0;
}
