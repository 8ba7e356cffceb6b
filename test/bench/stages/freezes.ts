import type { Volume } from '../../../src/core/engine';
import { settle, type Bed } from '../bed';
import { never } from '../../fixtures/engine';
import { freezeSizes, type FreezeSize } from '../generate/sizes';

const image = 'node:24-slim';
/** As databases cut their files, so that a change in one does not concern all. */
const segmentBytes = 256 * 1024 * 1024;
const snapshots = 3;

/** How long an app that writes a few MB a second to a database of each size stands still for a snapshot. */
export async function freezesBySize(bed: Bed, say: (line: string) => void): Promise<void> {
  const { operations, times } = bed;
  for (const size of freezeSizes[bed.size]) {
    const volume = await operations.test.createVolume();
    try {
      await fill(bed, volume, size);
      const command = ['node', '-e', `(${writeAsDatabase.toString()})(${size.bytes}, ${segmentBytes})`];
      const app = await operations.test.startContainer([volume], { command, image, Init: false });
      try {
        // The first one copies everything, and catches up with what was written meanwhile.
        for (let n = 0; n <= snapshots; n++) {
          const { frozenMs } = await operations.snapshot(volume, { consistency: 'paused' });
          times[`freeze ${size.name}`].push(frozenMs);
          await new Promise((resolve) => setTimeout(resolve, 2_000));
        }
      } finally {
        await operations.test.docker.getContainer(app).remove({ force: true });
      }
      say(`freezes at ${size.name}: ${times[`freeze ${size.name}`].map(Math.round).join(', ')} ms`);
      const { snapshots: taken } = await operations.test.engine.readCatalog(never);
      for (const each of taken.filter((entry) => entry.volume.name === volume.name)) await operations.delete(each);
    } finally {
      await operations.test.engine.removeVolume(volume.name);
    }
    await settle(bed);
  }
}

async function fill({ operations }: Bed, volume: Volume, { bytes }: FreezeSize): Promise<void> {
  const script = `(${makeSegments.toString()})(${bytes}, ${segmentBytes})`;
  await operations.test.run(volume, ['node', '-e', script], { image });
}

/** Runs in a container. Content that neither compresses to nothing nor has holes. */
function makeSegments(bytes: number, segment: number): void {
  const fs = process.getBuiltinModule('node:fs');
  const block = process.getBuiltinModule('node:crypto').randomBytes(1 << 20);
  for (let n = 0, left = bytes; left > 0; n++) {
    const file = fs.openSync(`/data/segment.${n}`, 'w');
    for (let at = 0; at < Math.min(left, segment); at += block.length) {
      block.writeUInt32LE(n, 0);
      fs.writeSync(file, block, 0, Math.min(block.length, left - at));
    }
    fs.fsyncSync(file);
    fs.closeSync(file);
    left -= segment;
  }
  fs.writeFileSync('/data/log', '');
}

/**
 * Runs in a container until it is removed: 3 MB a second, half of it appended to a log that is flushed ten times a second,
 * half of it in pages of one segment after the other, as a checkpoint writes them.
 */
function writeAsDatabase(bytes: number, segment: number): void {
  const fs = process.getBuiltinModule('node:fs');
  const page = process.getBuiltinModule('node:crypto').randomBytes(8192);
  const log = fs.openSync('/data/log', 'a');
  const segments = Math.ceil(bytes / segment);
  let ticks = 0;
  setInterval(() => {
    const n = Math.floor(ticks++ / 100) % segments;
    const file = fs.openSync(`/data/segment.${n}`, 'r+');
    const pages = Math.floor(Math.min(segment, bytes - n * segment) / page.length);
    for (let i = 0; i < 18; i++) {
      page.writeDoubleLE(Math.random(), 0);
      fs.writeSync(file, page, 0, page.length, Math.floor(Math.random() * pages) * page.length);
      fs.writeSync(log, page);
    }
    fs.closeSync(file);
    fs.fsyncSync(log);
    if (fs.fstatSync(log).size > 64 << 20) fs.ftruncateSync(log, 0);
  }, 100);
}
