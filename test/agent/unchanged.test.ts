import * as assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { useDisk, type FileSystem } from './disk';
import { assertSameTree, describeTree, never, request, Sandbox } from './sandbox';

/** Longer than the clock's tick: what was written before lies safely before the next stamp. */
const tick = () => setTimeout(30);

describe('a repeat snapshot', function () {
  this.timeout(60_000);
  const disk = useDisk('ext4', 512);

  it('copies only what changed', async () => {
    const box = new Sandbox(disk.path);
    for (let n = 0; n < 100; n++) box.write(`file${n}`);
    await tick();
    assert.equal((await box.snapshot()).copiedFiles, 100);
    box.write('file7', 'changed');
    box.write('new', 'new');
    fs.chmodSync(box.file('file8'), 0o600);
    fs.mkdirSync(box.file('folder'));
    const second = await box.snapshot();
    assert.equal(second.copiedFiles, 3);
    assertSameTree(await box.contentOf(second), describeTree(box.volume));
  });

  it('sees a file whose size and mtime were put back after a change', async () => {
    const box = new Sandbox(disk.path);
    box.write('file', 'before');
    fs.utimesSync(box.file('file'), 1000, 1000);
    await tick();
    await box.snapshot();
    fs.writeFileSync(box.file('file'), 'after!');
    fs.utimesSync(box.file('file'), 1000, 1000);
    assertSameTree(await box.contentOf(await box.snapshot()), describeTree(box.volume));
  });

  it('sees a file that another one of its size and time was renamed over', async () => {
    const box = new Sandbox(disk.path);
    box.write('file', 'before');
    fs.utimesSync(box.file('file'), 1000, 1000);
    await tick();
    await box.snapshot();
    box.write('other', 'after!');
    fs.utimesSync(box.file('other'), 1000, 1000);
    fs.renameSync(box.file('other'), box.file('file'));
    assertSameTree(await box.contentOf(await box.snapshot()), describeTree(box.volume));
  });

  it('copies what another file was renamed over between scan and copy, of a file with several names', async () => {
    // On a busy machine the copy may be past it by the time of the rename.
    for (let inTime = false; !inTime;) {
      const box = new Sandbox(disk.path);
      // Keeps the copy busy while the names after it are replaced.
      box.write('a large file', Buffer.alloc(100 << 20, 7));
      box.write('one', 'shared');
      fs.linkSync(box.file('one'), box.file('two'));
      fs.linkSync(box.file('one'), box.file('three'));
      box.write('new', 'not so');
      fs.linkSync(box.file('new'), box.file('newer'));
      await tick();
      const entry = await box.withAgent(async (agent) => {
        const begun = agent.request('snapshot.begin', { volume: box.spec }, { signal: never });
        while (box.objectFiles().length === 0) await Promise.race([begun, setTimeout(1)]);
        fs.renameSync(box.file('newer'), box.file('two'));
        inTime = box.objectFiles().length === 1;
        await begun;
        return agent.request('snapshot.commit', request, { signal: never });
      });
      const folder = await box.materialise(entry);
      if (inTime) assert.equal(fs.readFileSync(path.join(folder, 'two'), 'utf8'), 'not so');
      for (const used of [folder, box.volume, box.store]) fs.rmSync(used, { recursive: true });
    }
  });

  it('follows swaps of file, folder and symlink at one path', async () => {
    const box = new Sandbox(disk.path);
    box.write('releases/1/file');
    fs.symlinkSync('releases/1', box.file('current'));
    box.write('plain', 'a file');
    await tick();
    const contents = new Map([[(await box.snapshot()).id, describeTree(box.volume)]]);
    fs.rmSync(box.file('current'));
    fs.renameSync(box.file('releases/1'), box.file('current'));
    fs.rmSync(box.file('plain'));
    fs.symlinkSync('current', box.file('plain'));
    contents.set((await box.snapshot()).id, describeTree(box.volume));
    fs.rmSync(box.file('plain'));
    box.write('plain/now/a/folder');
    fs.rmSync(box.file('current'), { recursive: true });
    box.write('current', 'now a file');
    contents.set((await box.snapshot()).id, describeTree(box.volume));
    for (const [id, content] of contents) assertSameTree(await box.contentOf({ id }), content);
    for (const [id, content] of contents) {
      await box.restore({ id });
      assertSameTree(describeTree(box.volume), content);
    }
  });

  it('copies everything of a volume that was removed and created again', async () => {
    const box = new Sandbox(disk.path);
    box.write('folder/file');
    await tick();
    await box.snapshot();
    assert.equal((await box.snapshot()).copiedFiles, 0);
    // The same file with the same times, in another root folder.
    fs.renameSync(box.volume, `${box.volume}-old`);
    fs.mkdirSync(box.volume);
    fs.renameSync(`${box.volume}-old/folder`, box.file('folder'));
    assert.equal((await box.snapshot()).copiedFiles, 1);
  });

  it("brings the first pass's copy of a large file up to date in the next passes", async () => {
    const box = new Sandbox(disk.path);
    const page = (n: number) => Buffer.alloc(8192, n);
    box.write('grows', Buffer.alloc(9 << 20, 1));
    box.write('shrinks', Buffer.alloc(9 << 20, 2));
    box.write('sparse');
    fs.truncateSync(box.file('sparse'), 20 << 20);
    fs.linkSync(box.file('grows'), box.file('its other name'));
    await tick();
    const overwrite = (n: number) => {
      for (const name of ['grows', 'sparse']) {
        const file = fs.openSync(box.file(name), 'r+');
        for (const at of [0, 4_190_208, 8_388_608]) fs.writeSync(file, page(n), 0, 8192, at + n);
        fs.closeSync(file);
      }
      fs.appendFileSync(box.file('grows'), page(n));
      fs.truncateSync(box.file('shrinks'), (5 << 20) + n);
    };
    const entry = await box.withAgent(async (agent) => {
      await agent.request('snapshot.begin', { volume: box.spec }, { signal: never });
      overwrite(3);
      await agent.request('snapshot.catchUp', {}, { signal: never });
      overwrite(2);
      await agent.request('snapshot.again', {}, { signal: never });
      assert.equal(box.objectFiles().length, 5, 'only that with holes was made anew, in each pass');
      return agent.request('snapshot.commit', request, { signal: never });
    });
    assertSameTree(await box.contentOf(entry), describeTree(box.volume));
    const blocks = box.objectFiles().map((file) => fs.statSync(file).blocks * 512);
    assert.ok(Math.min(...blocks) < 1 << 20, 'holes stay holes');
  });

  it('is refused when content that it shares is gone, and copies everything the next time', async () => {
    const box = new Sandbox(disk.path);
    box.write('one');
    box.write('two');
    await tick();
    const first = await box.snapshot();
    fs.rmSync(box.objectFiles()[0]!);
    await assert.rejects(box.snapshot(), { code: 'storeDamaged' });
    assert.deepEqual([box.stored('snapshots'), box.stored('incoming')], [[first.id], []]);
    const next = await box.snapshot();
    assert.equal(next.copiedFiles, 2);
    assertSameTree(await box.contentOf(next), describeTree(box.volume));
  });

  it('copies a file again whose object only the baseline of a deleted snapshot names', async () => {
    const box = new Sandbox(disk.path);
    box.write('old');
    await tick();
    await box.snapshot();
    box.write('new');
    await tick();
    await box.delete(await box.snapshot());
    const third = await box.snapshot();
    assert.equal(third.copiedFiles, 1);
    assertSameTree(await box.contentOf(third), describeTree(box.volume));
  });
});

for (const type of ['ext4', 'btrfs', 'ext4-whole-seconds', 'tmpfs'] satisfies FileSystem[]) {
  describe(`an mmap writer that keeps a page dirty, on ${type}`, function () {
    this.timeout(60_000);
    const disk = useDisk(type, type === 'btrfs' ? 256 : 128);

    it('is never snapshotted stale, neither in a later pass nor in the next snapshot', async () => {
      const box = new Sandbox(disk.path);
      for (let round = 0; round < 3; round++) {
        const file = box.file('page');
        const writer = spawn('python3', [path.resolve('test/fixtures/mmap-writer.py'), file]);
        try {
          await once(writer.stdout, 'data');
          await setTimeout(round * 7);
          await box.snapshot();
          const caughtUp = await box.withAgent(async (agent) => {
            await agent.request('snapshot.begin', { volume: box.spec }, { signal: never });
            await agent.request('snapshot.catchUp', {}, { signal: never });
            await setTimeout(30);
            await pause(writer.pid!);
            await agent.request('snapshot.again', {}, { signal: never });
            return agent.request('snapshot.commit', request, { signal: never });
          });
          assertSameTree(await box.contentOf(caughtUp), describeTree(box.volume));
          writer.kill('SIGCONT');
          const paused = await box.snapshot(() => pause(writer.pid!));
          assertSameTree(await box.contentOf(paused), describeTree(box.volume));
          const next = await box.snapshot();
          assertSameTree(await box.contentOf(next), describeTree(box.volume));
        } finally {
          writer.kill('SIGKILL');
          await once(writer, 'exit');
        }
      }
    });
  });
}

describe('the first pass beside a slow flush', function () {
  this.timeout(60_000);
  const disk = useDisk('ext4', 1024);

  it('copies nothing before the flush has ended', async () => {
    const box = new Sandbox(disk.path);
    // Dirty before the page is, and so on its way to the disk before it.
    box.write('what there is to flush', Buffer.alloc(200 << 20, 7));
    const writer = spawn('python3', [path.resolve('test/fixtures/mmap-writer.py'), box.file('page')]);
    try {
      await once(writer.stdout, 'data');
      await tick();
      const entry = await box.withAgent(async (agent) => {
        const begun = agent.request('snapshot.begin', { volume: box.spec }, { signal: never });
        while (box.objectFiles().length === 0) await setTimeout(1);
        // Were the page still dirty, what is written now, and never again, would not move its ctime.
        await setTimeout(5);
        await pause(writer.pid!);
        await begun;
        await agent.request('snapshot.again', {}, { signal: never });
        return agent.request('snapshot.commit', request, { signal: never });
      });
      assertSameTree(await box.contentOf(entry), describeTree(box.volume));
    } finally {
      writer.kill('SIGKILL');
      await once(writer, 'exit');
    }
  });
});

/** Returns once the process does not run any more. */
async function pause(pid: number): Promise<void> {
  process.kill(pid, 'SIGSTOP');
  while (!/^State:\s+T/m.test(fs.readFileSync(`/proc/${pid}/status`, 'utf8'))) await setTimeout(1);
}

describe('on ext4 with whole seconds only', function () {
  this.timeout(60_000);
  const disk = useDisk('ext4-whole-seconds', 64);
  // With a store that knows fractions, or the stamp itself would be a whole second.
  const store = useDisk('ext4', 64);

  it('a file that changed twice within a second is in the snapshot', async () => {
    const box = new Sandbox(disk.path, store.path);
    const entry = await box.withAgent(async (agent) => {
      await setTimeout(1000 - (Date.now() % 1000));
      box.write('file', 'first');
      await setTimeout(50);
      await agent.request('snapshot.begin', { volume: box.spec }, { signal: never });
      box.write('file', 'again');
      await agent.request('snapshot.again', {}, { signal: never });
      return agent.request('snapshot.commit', request, { signal: never });
    });
    assertSameTree(await box.contentOf(entry), describeTree(box.volume));
  });
});

describe('on tmpfs', function () {
  this.timeout(60_000);
  const disk = useDisk('tmpfs', 64);

  it('everything is copied, in every pass', async () => {
    const box = new Sandbox(disk.path);
    for (let n = 0; n < 10; n++) box.write(`file${n}`);
    await tick();
    assert.equal((await box.snapshot()).copiedFiles, 10);
    assert.equal((await box.snapshot(() => {})).copiedFiles, 10);
    assert.equal(box.objectFiles().length, 20, 'the first pass leaves no copies behind');
  });
});

describe('a mount point inside a volume', function () {
  this.timeout(60_000);
  const disk = useDisk('ext4', 64);
  const inner = useDisk('tmpfs', 8);

  it('is left out and said', async () => {
    const box = new Sandbox(disk.path);
    fs.mkdirSync(box.file('mounted'));
    execFileSync('mount', ['--bind', inner.path, box.file('mounted')]);
    try {
      const { losses } = await box.snapshot();
      assert.deepEqual(losses, [{ kind: 'other-file-system', count: 1, path: 'mounted' }]);
    } finally {
      execFileSync('umount', [box.file('mounted')]);
    }
  });
});
