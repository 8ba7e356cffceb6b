import type { Destination, Upload } from '../../../src/core/backup/destination';
import { backUpVolume } from '../../../src/core/operations';
import { withVolume, type Bed } from '../bed';
import { largeBackupBytes } from '../generate/sizes';
import { never } from '../../fixtures/engine';

const image = 'node:24-slim';
const megabyte = 1_000_000;

/** All memory that this process, which stands for the extension host, has at most while a large volume is backed up. */
export async function hostMemory(bed: Bed): Promise<void> {
  const { operations, times, size } = bed;
  await withVolume(bed, async (volume) => {
    const script = `(${makeNoise.toString()})(${largeBackupBytes[size]})`;
    await operations.test.run(volume, ['node', '-e', script], { image });
    let most = 0;
    const look = setInterval(() => (most = Math.max(most, process.memoryUsage.rss())), 50);
    const request = { destination: nowhere, file: 'backup', volume: volume.name, note: '', level: 3, tool: 'bench' };
    await operations.run('backup', volume.name, (run) => backUpVolume(operations.host, request, run));
    clearInterval(look);
    times['host memory'].push(most / megabyte);
    const { snapshots } = await operations.test.engine.readCatalog(never);
    for (const each of snapshots.filter((entry) => entry.volume.name === volume.name)) await operations.delete(each);
  });
}

/** Takes all, and keeps nothing: what is measured is not the disk. */
class Nothing implements Upload {
  bytes = 0;
  async write(bytes: Uint8Array): Promise<void> {
    this.bytes += bytes.length;
  }
  async keep(): Promise<void> {}
  async [Symbol.asyncDispose](): Promise<void> {}
}

const nowhere = { create: async () => new Nothing() } as unknown as Destination;

/** Runs in a container. Content that does not compress: as many bytes as there are go through the host. */
function makeNoise(bytes: number): void {
  const fs = process.getBuiltinModule('node:fs');
  const block = Buffer.alloc(4 << 20);
  for (let n = 0, left = bytes; left > 0; n++) {
    process.getBuiltinModule('node:crypto').randomFillSync(block);
    fs.writeFileSync(`/data/${n}`, block.subarray(0, left));
    left -= block.length;
  }
}
