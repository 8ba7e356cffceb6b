import type { Volume } from '../../src/core/engine';
import type { Operations } from '../fixtures/operations';
import type { Changed } from './generate/change';
import type { SizeName } from './generate/sizes';
import type { BenchStorage } from './peers/objectStorage';
import type { Restic } from './peers/restic';
import type { Rsync } from './peers/rsync';
import { changeVolume } from './referenceVolume';
import type { Times } from './times';

/** What all stages of a run work on. */
export interface Bed {
  operations: Operations;
  volume: Volume;
  size: SizeName;
  times: Times;
  /** Absent where restic is not installed, or the engine's volumes are not in this machine's file system. */
  restic: Restic | undefined;
  /** Absent where rsync is not installed, or the same. */
  rsync: Rsync | undefined;
  /** Absent where it cannot be set up here, or rclone is not installed. */
  storage: BenchStorage | undefined;
  /** What the changes so far have touched. */
  changes: Changed[];
}

/** Makes the next change, the same for all who are measured after it. */
export async function change(bed: Bed): Promise<void> {
  bed.changes.push(await changeVolume(bed.operations.test, bed.volume, bed.size, bed.changes.length + 1));
}

/** Nobody shall pay for what was written before. */
export async function settle({ operations }: Bed): Promise<void> {
  await operations.test.run(undefined, ['sync']);
}

/** Runs `work` with an empty volume, which is removed afterwards. */
export async function withVolume<T>({ operations }: Bed, work: (volume: Volume) => Promise<T>): Promise<T> {
  const volume = await operations.test.createVolume();
  try {
    return await work(volume);
  } finally {
    await operations.test.engine.removeVolume(volume.name);
  }
}
