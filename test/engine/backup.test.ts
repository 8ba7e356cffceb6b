import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import type { Volume } from '../../src/core/engine';
import { isFailure } from '../../src/core/failure';
import * as operations from '../../src/core/operations';
import { cancelledAfter, momentsIn } from '../fixtures/cancelling';
import { assertSameTree, Operations } from '../fixtures/operations';

const awkwardTree = fs.readFileSync(path.resolve('test/fixtures/make-awkward-tree.py'), 'utf8');
const treeManifest = path.resolve('test/fixtures/tree-manifest.py');

describe('a backup to a file', function () {
  this.timeout(120_000);
  let ops: Operations;
  let volume: Volume;
  let folder: string;
  let file: string;
  before(async () => void (ops = await Operations.connect()));
  after(() => ops[Symbol.asyncDispose]());
  beforeEach(async () => {
    volume = await ops.test.createVolume();
    folder = fs.mkdtempSync(path.join(os.tmpdir(), 'backups-'));
    file = path.join(folder, 'volume.tar.zst');
  });
  afterEach(async () => {
    fs.rmSync(folder, { recursive: true });
    await ops.assertNothingLeft();
  });

  const backUp = ({ signal, at = file }: { signal?: AbortSignal; at?: string } = {}) => {
    const request = { volume: volume.name, note: 'for a backup', file: at, level: 3, tool: 'a test' };
    const work = (run: operations.Run) => operations.backUpVolume(ops.host, request, run);
    return ops.run('backup', volume.name, work, { ...(signal && { signal }) });
  };
  const fillWithNoise = (megabytes: number) =>
    ops.python(volume, `import os\nfor n in range(${megabytes}): open(f'/data/{n}', 'wb').write(os.urandom(1 << 20))`);
  /** What is there without ours: on a machine whose root may make every kind of file. */
  const treeIn = (backup: string) => {
    const unpacked = path.join(folder, 'unpacked');
    fs.mkdirSync(unpacked);
    execFileSync('tar', [...'--zstd --xattrs --xattrs-include=* --acls --numeric-owner -xpf'.split(' '), backup], {
      cwd: unpacked,
      stdio: 'pipe',
    });
    const lines = execFileSync('python3', [treeManifest, unpacked], { maxBuffer: 1 << 28 })
      .toString()
      .trim();
    return lines.split('\n').map((line) => ({ ...(JSON.parse(line) as object), blocks: undefined }));
  };

  it('is the volume again when tar unpacks it, and leaves the snapshot that it was made from', async () => {
    const program = `import sys\nsys.argv[1:] = ['/data', '--without-socket']\n${awkwardTree}`;
    await ops.python(volume, program);
    const { snapshot, bytes } = await backUp();
    assert.equal(fs.statSync(file).size, bytes);
    assertSameTree(treeIn(file), await ops.treeOf(volume));
    assert.deepEqual(await ops.snapshotIds(volume), [snapshot.id]);
    const { kind, phases, outcome } = ops.records.at(-1)!;
    assert.deepEqual({ kind, outcome }, { kind: 'backup', outcome: 'done' });
    assert.ok(phases.some(({ name, ms }) => name === 'pack' && ms > 0));
  });

  it('that is cancelled at any moment leaves no file, and settles soon', async () => {
    await fillWithNoise(60);
    await backUp({ at: path.join(folder, 'first') });
    const { totalMs } = ops.records.at(-1)!;
    fs.rmSync(path.join(folder, 'first'));
    for (const moment of momentsIn(totalMs, 5)) {
      const { outcome, took } = await cancelledAfter(moment, (signal) => backUp({ signal }));
      assert.ok(took < 2_000, `settled ${took} ms after a cancel at ${moment} ms`);
      assert.deepEqual(fs.readdirSync(folder), outcome === true ? ['volume.tar.zst'] : []);
      fs.rmSync(file, { force: true });
      await ops.assertNothingLeft();
    }
  });

  it('leaves nothing where its helper is killed', async () => {
    await fillWithNoise(60);
    let killed: Promise<void> | undefined;
    const kill = async () => {
      await ops.test.docker.getContainer(ops.test.engine.helperName(volume.name)).kill();
    };
    const request = { volume: volume.name, note: '', file, level: 3, tool: 'a test' };
    const failed = ops.run('backup', volume.name, (run) => operations.backUpVolume(ops.host, request, run), {
      onPhase: (phase) => void (phase === 'pack' && (killed ??= kill())),
    });
    await assert.rejects(failed, (error) => isFailure(error, 'agentLost'));
    await killed;
    assert.deepEqual(fs.readdirSync(folder), []);
  });

  it('to a disk that is full leaves what was there, and says so', async () => {
    await fillWithNoise(30);
    const disk = path.join(folder, 'disk');
    fs.mkdirSync(disk);
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=10m', 'tmpfs', disk]);
    try {
      const at = path.join(disk, 'volume.tar.zst');
      fs.writeFileSync(at, 'an older one');
      await assert.rejects(backUp({ at }), (error) => isFailure(error, 'destinationFull'));
      assert.equal(fs.readFileSync(at, 'utf8'), 'an older one');
      assert.deepEqual(fs.readdirSync(disk), ['volume.tar.zst']);
    } finally {
      execFileSync('umount', [disk]);
    }
  });

  it('does not gather in the memory of the host', async () => {
    await fillWithNoise(300);
    let most = 0;
    const before = process.memoryUsage().rss;
    const watch = setInterval(() => (most = Math.max(most, process.memoryUsage().rss - before)), 20);
    await backUp().finally(() => clearInterval(watch));
    assert.ok(most < 100e6, `${Math.round(most / 1e6)} MB more than before`);
  });
});
