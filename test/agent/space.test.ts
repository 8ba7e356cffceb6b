import * as assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import * as fs from 'node:fs';
import { setTimeout } from 'node:timers/promises';
import { Failure } from '../../src/core/failure';
import { startAgent } from './agentProcess';
import { useDisk } from './disk';
import { assertSameTree, describeTree, restoreWith, Sandbox } from './sandbox';

const mebibyte = 1 << 20;

function isFull(code: string, check: (details: Record<string, unknown>) => boolean = () => true) {
  return (error: unknown) => error instanceof Failure && error.code === code && check({ ...(error.details as object) });
}

describe('a store that is full', function () {
  this.timeout(60_000);
  const disk = useDisk('ext4', 512);
  const small = useDisk('ext4', 64);

  it('is noticed before anything is copied, with what is needed and what is free', async () => {
    const box = new Sandbox(disk.path, small.path);
    box.write('small', 'fits');
    const first = await box.snapshot();
    const before = [box.objectFiles(), box.catalog()];
    box.write('large', Buffer.alloc(100 * mebibyte, 1));
    const says = ({ needed, free }: Record<string, unknown>) => Number(needed) > 100e6 && Number(free) < 64e6;
    await assert.rejects(box.snapshot(), isFull('storeFull', says));
    assert.deepEqual([box.objectFiles(), box.catalog(), box.stored('incoming')], [...before, []]);
    assert.equal((await box.contentOf(first)).includes('"path": "small"'), true);
  });

  it('in the middle of a copy leaves nothing partial', async () => {
    const box = new Sandbox(disk.path, small.path);
    // Bytes it has enough, but not inodes; that is noticed only when they are used up.
    const make = 'import sys\nfor n in range(20000): open(f"{sys.argv[1]}/{n}", "w")';
    execFileSync('python3', ['-c', make, box.volume]);
    await assert.rejects(
      box.snapshot(),
      isFull('storeFull', ({ free }) => free === 0),
    );
    assert.deepEqual([box.objectFiles(), box.catalog(), box.stored('incoming')], [[], [], []]);
    for (let n = 100; n < 20_000; n++) fs.rmSync(box.file(String(n)));
    assert.equal((await box.snapshot()).copiedFiles, 100);
  });

  it('does not need room for holes', async () => {
    const box = new Sandbox(disk.path, small.path);
    fs.closeSync(fs.openSync(box.file('sparse'), 'w'));
    fs.truncateSync(box.file('sparse'), 1000 * mebibyte);
    assert.equal((await box.snapshot()).totalBytes, 1000 * mebibyte);
  });
});

describe('a volume that is full', function () {
  this.timeout(60_000);
  const disk = useDisk('ext4', 512);
  const small = useDisk('ext4', 64);

  it('is noticed before anything is written to it', async () => {
    const box = new Sandbox(small.path, disk.path);
    box.write('data', Buffer.alloc(30 * mebibyte, 1));
    const snapshot = await box.snapshot();
    fs.rmSync(box.file('data'));
    box.write('kept by the other folder', 'here');
    fs.writeFileSync(`${small.path}/elsewhere`, Buffer.alloc(25 * mebibyte, 2));
    const before = describeTree(box.volume);
    await assert.rejects(
      box.restore(snapshot),
      isFull('volumeFull', ({ needed }) => Number(needed) > 30 * mebibyte),
    );
    assertSameTree(describeTree(box.volume), before);
    assert.deepEqual(
      box.catalog().filter((name) => !name.endsWith('.json')),
      [],
    );
    fs.rmSync(`${small.path}/elsewhere`);
    await box.restore(snapshot);
    fs.rmSync(box.volume, { recursive: true });
  });

  it('has the room that removing makes', async () => {
    const box = new Sandbox(small.path, disk.path);
    box.write('data', Buffer.alloc(30 * mebibyte, 1));
    const snapshot = await box.snapshot();
    box.write('data', Buffer.alloc(30 * mebibyte, 2));
    const { writtenFiles } = await box.restore(snapshot);
    assert.equal(writtenFiles, 1);
  });
});

describe('on btrfs', function () {
  this.timeout(60_000);
  const disk = useDisk('btrfs', 512);

  it('objects and restored files share their blocks, and take no room', async () => {
    const box = new Sandbox(disk.path);
    const before = describeTree(box.volume);
    for (let n = 0; n < 3; n++) box.write(`file${n}`, Buffer.alloc(70 * mebibyte, n + 1));
    box.write('small', Buffer.alloc(20_000, 9));
    const full = describeTree(box.volume);
    // The second 210 MB would not fit.
    const snapshot = await box.snapshot();
    for (const object of box.objectFiles()) assert.ok(isShared(object), object);
    for (let n = 0; n < 3; n++) fs.rmSync(box.file(`file${n}`));
    await box.restore(snapshot);
    assertSameTree(describeTree(box.volume), full);
    for (let n = 0; n < 3; n++) assert.ok(isShared(box.file(`file${n}`)));
    assert.notEqual(full, before);
  });
});

/** Whether every extent of a file is shared with another one; extents are on disk only after a sync. */
function isShared(file: string): boolean {
  const extents = execFileSync('filefrag', ['-s', '-v', file])
    .toString()
    .split('\n')
    .filter((line) => /^\s*\d+:/.test(line));
  return extents.length > 0 && extents.every((line) => line.includes('shared'));
}

describe('large volumes', function () {
  this.timeout(120_000);
  const disk = useDisk('ext4', process.env['VFD_LONG'] ? 3072 : 1024);

  it('may have folders 1,500 deep', async () => {
    const box = new Sandbox(disk.path);
    let folder = box.volume;
    for (let n = 0; n < 1500; n++) folder = `${folder}/d`;
    fs.mkdirSync(folder, { recursive: true });
    fs.writeFileSync(`${folder}/file`, 'deep down');
    await setTimeout(30);
    const before = describeTree(box.volume);
    const snapshot = await box.snapshot(() => {});
    assert.equal(snapshot.entries, 1502);
    execFileSync('rm', ['-r', box.file('d')]);
    await box.restore(snapshot);
    assertSameTree(describeTree(box.volume), before);
  });

  it('may have paths longer than a path may be', async () => {
    const box = new Sandbox(disk.path);
    const script = `
import os, sys
os.chdir(sys.argv[1])
for n in range(40):
    os.mkdir('x' * 200); os.chdir('x' * 200)
open('file', 'w').write('very deep down')
`;
    execFileSync('python3', ['-c', script, box.volume]);
    const snapshot = await box.snapshot(() => {});
    assert.deepEqual([snapshot.entries, snapshot.losses], [42, []]);
    const size = await box.ask('volume.size', {});
    execFileSync('rm', ['-r', box.file('x'.repeat(200))]);
    const { writtenFiles } = await box.restore(snapshot);
    assert.equal(writtenFiles, 1);
    assert.deepEqual(await box.ask('volume.size', {}), size);
    assert.equal((await box.snapshot()).copiedFiles, 0);
  });

  const filesInOne = process.env['VFD_LONG'] ? 200_000 : 50_000;

  it(`may have ${filesInOne} files in one folder, of which the host is told no more than of a few`, async function () {
    this.timeout(filesInOne * 3);
    const box = new Sandbox(disk.path);
    const make = 'import sys\nfor n in range(int(sys.argv[2])): open(f"{sys.argv[1]}/{n}", "w").write(str(n))';
    execFileSync('python3', ['-c', make, box.volume, String(filesInOne)]);
    await setTimeout(30);
    const first = await box.snapshot(() => {});
    assert.equal(first.files, filesInOne);
    fs.rmSync(box.file('777'));
    assert.equal((await box.snapshot()).copiedFiles, 0);
    const { session, toldBytes } = await startAgent(box);
    await using agent = session;
    const { writtenFiles, keptFiles } = await restoreWith(agent, box.goal(first), { afterSafetyPass: () => {} });
    assert.deepEqual([writtenFiles, keptFiles], [1, filesInOne - 1]);
    // So the host's memory does not grow with the number of files.
    assert.ok(toldBytes() < 50_000, `${toldBytes()} bytes`);
    assert.equal(fs.readFileSync(box.file('777'), 'utf8'), '777');
  });
});
