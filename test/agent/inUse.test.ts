import * as assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { Cancelled } from '../../src/core/failure';
import { startAgent } from './agentProcess';
import { useDisk } from './disk';
import { never, request, Sandbox } from './sandbox';

const MiB = 1024 * 1024;

describe('a volume that someone writes to, whatever we do', function () {
  this.timeout(120_000);
  const disk = useDisk('ext4', 4096);

  /** A snapshot in one pass; `change` comes when the first file is copied and the second, a large one, is being. */
  async function whileCopied(box: Sandbox, change: () => void) {
    return box.withAgent(async (agent) => {
      const begun = agent.request('snapshot.begin', { volume: box.spec }, { signal: never });
      while (!box.objectFiles().some((file) => path.basename(file) === '1')) await setTimeout(2);
      change();
      await begun;
      return agent.request('snapshot.commit', { ...request, consistency: 'live' }, { signal: never });
    });
  }

  it('keeps a log that is renamed over an older one and written on', async () => {
    const box = new Sandbox(disk.path);
    box.write('app.log', Buffer.alloc(2 * MiB, 'a'));
    box.write('app.log.0big', Buffer.alloc(300 * MiB, 'b'));
    box.write('app.log.1', Buffer.alloc(2 * MiB, 'c'));
    const snapshot = await whileCopied(box, () => {
      fs.renameSync(box.file('app.log'), box.file('app.log.1'));
      fs.appendFileSync(box.file('app.log.1'), 'grown');
    });
    const folder = await box.materialise(snapshot);
    assert.equal(fs.readFileSync(path.join(folder, 'app.log')).length, 2 * MiB);
    assert.ok(fs.readFileSync(path.join(folder, 'app.log.1')).toString('latin1').endsWith('grown'));
  });

  it('keeps the content of each file, also when one gets the inode that another one had', async () => {
    const box = new Sandbox(disk.path);
    box.write('a', Buffer.alloc(2 * MiB, 'A'));
    box.write('b.large', Buffer.alloc(300 * MiB, 'b'));
    box.write('c', Buffer.alloc(2 * MiB, 'C'));
    const { ino } = fs.statSync(box.file('a'));
    const replace = (name: string, content: string) => {
      box.write(`${name}.new`, Buffer.alloc(2 * MiB, content));
      fs.renameSync(box.file(`${name}.new`), box.file(name));
    };
    const snapshot = await whileCopied(box, () => {
      replace('a', 'X');
      replace('c', 'D');
    });
    assert.equal(fs.statSync(box.file('c')).ino, ino, 'ext4 gives the lowest free inode');
    const folder = await box.materialise(snapshot);
    const [a, c] = ['a', 'c'].map((name) => fs.readFileSync(path.join(folder, name), 'latin1'));
    assert.deepEqual([new Set(a), new Set(c)], [new Set(['A']), new Set(['D'])]);
  });

  it('is not read again after the last pass, when a file has changed under its copy', async () => {
    const box = new Sandbox(disk.path);
    box.write('data', Buffer.alloc(200 * MiB, 'd'));
    const snapshot = await box.withAgent(async (agent) => {
      await agent.request('snapshot.begin', { volume: box.spec }, { signal: never });
      const file = fs.openSync(box.file('data'), 'r+');
      fs.writeSync(file, 'x', 0);
      let done = false;
      const again = agent.request('snapshot.again', {}, { signal: never }).then(() => (done = true));
      while (!done) {
        fs.writeSync(file, 'meanwhile', 4096);
        await setTimeout(1);
      }
      await again;
      fs.writeSync(file, 'AFTER', 8192);
      fs.closeSync(file);
      return agent.request('snapshot.commit', request, { signal: never });
    });
    const folder = await box.materialise(snapshot);
    const data = fs.readFileSync(path.join(folder, 'data'));
    assert.equal(data.toString('latin1', 8192, 8197), 'ddddd');
    assert.deepEqual(snapshot.losses, [{ kind: 'torn', count: 1, path: 'data' }]);
  });

  it('may have a large file that is mostly a hole: a later pass reads only its data', async () => {
    const box = new Sandbox(disk.path);
    box.write('image', Buffer.alloc(2 * MiB, 's'));
    fs.truncateSync(box.file('image'), 20 * 1024 * MiB);
    await box.withAgent(async (agent) => {
      await agent.request('snapshot.begin', { volume: box.spec }, { signal: never });
      const file = fs.openSync(box.file('image'), 'r+');
      fs.writeSync(file, 'x', 0);
      fs.closeSync(file);
      const limit = AbortSignal.timeout(10_000);
      await agent.request('snapshot.again', {}, { signal: limit });
      await agent.request('snapshot.commit', request, { signal: never });
    });
  });

  it('can be cancelled while a folder of many files is listed', async () => {
    const box = new Sandbox(disk.path);
    fs.mkdirSync(box.file('d'));
    for (let n = 0; n < 100_000; n++) fs.closeSync(fs.openSync(box.file(`d/${n}`), 'w'));
    const { session } = await startAgent(box);
    await using agent = session;
    const started = performance.now();
    await agent.request('volume.size', {}, { signal: never });
    const wholeMs = performance.now() - started;
    const controller = new AbortController();
    const begun = agent.request('snapshot.begin', { volume: box.spec }, { signal: controller.signal });
    await setTimeout(wholeMs / 10);
    const cancelled = performance.now();
    controller.abort();
    await assert.rejects(begun, Cancelled);
    const waitedMs = performance.now() - cancelled;
    assert.ok(waitedMs < wholeMs / 2, `${waitedMs} of ${wholeMs} ms`);
  });

  it('may have folders that come and go', async () => {
    const box = new Sandbox(disk.path);
    for (let n = 0; n < 20; n++) box.write(`kept/${n}`);
    await using _ = await writer(
      box,
      `
import os
while True:
    for n in range(50): os.mkdir(str(n))
    for n in range(50): os.rmdir(str(n))`,
    );
    await box.withAgent(async (agent) => {
      for (let walk = 0; walk < 200; walk++) {
        const { files } = await agent.request('volume.size', {}, { signal: never });
        assert.equal(files, 20);
      }
    });
  });

  it('may have a folder that is replaced again and again: what is in a snapshot can be restored', async () => {
    const box = new Sandbox(disk.path);
    for (const folder of ['d', 'other']) for (let n = 0; n < 3; n++) box.write(`${folder}/${n}`);
    await using _ = await writer(
      box,
      `
import os
while True:
    os.rename('d', 'swap'); os.rename('other', 'd'); os.rename('swap', 'other')`,
    );
    for (let attempt = 0; attempt < 8; attempt++) {
      await box.contentOf(await box.snapshot(() => {}, { consistency: 'live' }));
    }
  });
});

describe('a volume on btrfs that someone writes to', function () {
  this.timeout(60_000);
  const disk = useDisk('btrfs', 512);

  it('is walked whole, also where files are replaced meanwhile', async () => {
    const box = new Sandbox(disk.path);
    const files = 5_000;
    await using _ = await writer(
      box,
      `
import os, random
for n in range(${files}): open(str(n), 'w').close()
print('made', flush=True)
while True:
    name = str(random.randrange(${files}))
    open('new', 'w').close()
    os.rename('new', name)`,
    );
    await box.withAgent(async (agent) => {
      for (let walk = 0; walk < 10; walk++) {
        const found = await agent.request('volume.size', {}, { signal: never });
        assert.ok(found.files >= files, `${found.files} of ${files} files`);
      }
    });
  });
});

/** Runs a script in the volume until disposed; from its first line of output on, if it has one, or from its start. */
async function writer(box: Sandbox, script: string): Promise<AsyncDisposable> {
  const child = spawn('python3', ['-c', script], { cwd: box.volume, stdio: ['ignore', 'pipe', 'inherit'] });
  await once(child, 'spawn');
  if (script.includes('print(')) await once(child.stdout, 'data');
  return {
    [Symbol.asyncDispose]: async () => {
      child.kill('SIGKILL');
      await once(child, 'exit');
    },
  };
}
