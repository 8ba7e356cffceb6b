import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import type { Volume } from '../../src/core/engine';
import { isFailure } from '../../src/core/failure';
import * as operations from '../../src/core/operations';
import type { OperationKind, PhaseName } from '../../src/core/timings/record';
import { newTrialName } from '../../src/core/operations/trialVolumes';
import { newIdentity, recipientOf } from '../../src/destinations/age/keys';
import { placeOf } from '../../src/features/backups/place';
import { cancelledAfter, momentsIn } from '../fixtures/cancelling';
import { never } from '../fixtures/engine';
import { assertSameTree, Operations } from '../fixtures/operations';
import { slowed } from '../fixtures/slowed';

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
    const request = { volume: volume.name, note: 'for a backup', ...placeOf(at), level: 3, tool: 'a test' };
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

  it('and back says whom it waited for, and for how long it will', async () => {
    await fillWithNoise(24);
    const identity = await newIdentity();
    const keys = {
      lock: { recipients: [await recipientOf(identity)] },
      opening: { identities: [identity], passphrases: [] },
    };
    const { destination, file: name } = placeOf(`${file}.age`, keys);
    const timed = async (kind: OperationKind, work: (run: operations.Run) => Promise<unknown>) => {
      let most = 0;
      await ops.run(kind, volume.name, work, {
        onProgress: ({ secondsLeft = 0 }) => (most = Math.max(most, secondsLeft)),
      });
      const { phases, totalMs } = ops.records.at(-1)!;
      const sum = phases.reduce((all, { ms }) => all + ms, 0);
      assert.ok(Math.abs(sum - totalMs) < 0.02 * totalMs, `${sum} of ${totalMs} ms`);
      return { of: (phase: PhaseName) => phases.find((each) => each.name === phase)?.ms ?? 0, most };
    };
    const assertAll = (of: (phase: PhaseName) => number, ...phases: PhaseName[]) =>
      assert.deepEqual(
        phases.filter((phase) => of(phase) === 0),
        [],
      );

    const request = { volume: volume.name, note: '', file: name, level: 3, tool: 'a test' };
    const backup = await timed('backup', (run) => operations.backUpVolume(ops.host, { ...request, destination }, run));
    assertAll(backup.of, 'pack', 'compress', 'encrypt', 'upload');
    const verified = await timed('verifyBackup', (run) => operations.verifyBackup({ destination, file: name }, run));
    assertAll(verified.of, 'download', 'verify');
    const target = { destination, file: name, volume: volume.name, note: '' };
    assertAll(
      (await timed('import', (run) => operations.importBackup(ops.host, target, run))).of,
      'download',
      'unpack',
    );

    const slow = { destination: slowed(placeOf(file).destination, 60), file: path.basename(file) };
    const late = await timed('backup', (run) => operations.backUpVolume(ops.host, { ...request, ...slow }, run));
    const others = late.of('pack') + late.of('compress');
    assert.ok(late.of('upload') > 1_500 && late.of('upload') > 2 * others, `${late.of('upload')} ms, ${others} ms`);
    assert.ok(late.most > 0, `${late.most} s were left`);
    const read = await timed('import', (run) => operations.importBackup(ops.host, { ...target, ...slow }, run));
    assert.ok(read.of('download') > 1_500 && read.of('download') > 2 * read.of('unpack'), `${read.of('download')} ms`);
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
    const request = { volume: volume.name, note: '', ...placeOf(file), level: 3, tool: 'a test' };
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

  describe('and back', () => {
    const importNew = (name: string, { signal }: { signal?: AbortSignal } = {}) =>
      ops.run(
        'import',
        name,
        (run) => operations.importToNewVolume(ops.host, { ...placeOf(file), name, note: 'from a file' }, run),
        { ...(signal && { signal }) },
      );
    const fillAwkward = () =>
      ops.python(volume, `import sys\nsys.argv[1:] = ['/data', '--without-socket']\n${awkwardTree}`);

    it('is a new volume that equals the old one, and its snapshot', async () => {
      await fillAwkward();
      const { snapshot } = await backUp();
      const name = ops.test.name('from-backup');
      const made = await importNew(name);
      assertSameTree(await ops.treeOf(made.volume), await ops.treeOf(volume));
      assert.deepEqual(await ops.snapshotIds(made.volume), [made.snapshot.id]);
      assert.equal(made.snapshot.time, snapshot.time);
      await ops.delete(made.snapshot);
      await ops.test.engine.removeVolume(name);
    });

    it('of a trial restore whose VS Code was killed nothing stays after the next connection, unless it is at work', async () => {
      await fillAwkward();
      await backUp();
      const name = newTrialName();
      const { volume: trial } = await importNew(name);
      const recovered = async () =>
        (await operations.recover({ engine: ops.test.engine }, never)).trials.includes(name);
      const isThere = async () => (await ops.test.engine.listVolumes(never)).some((each) => each.name === name);
      {
        const atWork = { operation: 'import' as const, lock: name, store: true };
        await using _helper = await ops.test.engine.openHelper(atWork, never);
        assert.deepEqual([await recovered(), await isThere()], [false, true]);
      }
      assert.deepEqual([await recovered(), await isThere()], [true, false]);
      assert.deepEqual(await ops.snapshotIds(trial), []);
    });

    it('gives a volume of the old name the labels by which Compose knows it, and no other volume', async () => {
      const labels = { 'com.docker.compose.project': 'shop', 'com.docker.compose.volume': 'data', mine: 'yes' };
      volume = await ops.test.createVolume(undefined, {}, labels);
      await backUp();
      const other = ops.test.name('another-name');
      const second = await importNew(other);
      assert.equal(second.volume.labels['com.docker.compose.project'], undefined);
      assert.equal(second.volume.labels['mine'], 'yes');
      await ops.delete(second.snapshot);
      await ops.test.engine.removeVolume(other);
      await ops.test.engine.removeVolume(volume.name);
      const same = await importNew(volume.name);
      assert.deepEqual(same.volume.labels, volume.labels);
    });

    it('is what an existing volume is restored to, and the volume is not touched before that', async () => {
      await fillWithNoise(3);
      const then = await ops.treeOf(volume);
      await backUp();
      await ops.python(volume, `open('/data/0', 'w').write('changed'); open('/data/new', 'w').write('x')`);
      const now = await ops.treeOf(volume);
      const request = { ...placeOf(file), volume: volume.name, note: 'from a file' };
      const imported = await ops.run('import', volume.name, (run) => operations.importBackup(ops.host, request, run));
      assertSameTree(await ops.treeOf(volume), now);
      const { safety } = await ops.restore(volume, imported);
      assertSameTree(await ops.treeOf(volume), then);
      await ops.restore(volume, safety);
      assertSameTree(await ops.treeOf(volume), now);
    });

    it('leaves neither volume nor snapshot when it is cancelled at any moment', async () => {
      await fillWithNoise(60);
      await backUp();
      const name = ops.test.name('cancelled');
      const whole = await importNew(name);
      const { totalMs } = ops.records.at(-1)!;
      const remove = async ({ snapshot }: typeof whole) => {
        await ops.delete(snapshot);
        await ops.test.engine.removeVolume(name);
      };
      await remove(whole);
      for (const moment of momentsIn(totalMs, 5)) {
        let made: typeof whole | undefined;
        const { outcome, took } = await cancelledAfter(moment, async (signal) => {
          made = await importNew(name, { signal });
        });
        assert.ok(took < 4_000, `settled ${took} ms after a cancel at ${moment} ms`);
        if (outcome === true) await remove(made!);
        const { snapshots } = await ops.test.engine.readCatalog(never);
        assert.deepEqual(
          snapshots.filter((each) => each.volume.name === name),
          [],
        );
        assert.ok(!(await ops.test.engine.listVolumes(never)).some((each) => each.name === name));
        await ops.assertNothingLeft();
      }
    });

    it('is refused with its name when it is damaged, before there is a volume', async () => {
      await fillWithNoise(3);
      await backUp();
      const bytes = fs.readFileSync(file);
      bytes[1_000_000]! ^= 1;
      fs.writeFileSync(file, bytes);
      const name = ops.test.name('damaged');
      await assert.rejects(importNew(name), (error) => {
        return isFailure(error, 'backupDamaged') && error.details.file === file;
      });
      assert.ok(!(await ops.test.engine.listVolumes(never)).some((each) => each.name === name));
    });
  });

  it('does not gather in the memory of the host', async () => {
    await fillWithNoise(300);
    let most = 0;
    const before = process.memoryUsage().rss;
    const watch = setInterval(() => (most = Math.max(most, process.memoryUsage().rss - before)), 20);
    await backUp();
    const request = { ...placeOf(file), volume: volume.name, note: '' };
    await ops.run('import', volume.name, (run) => operations.importBackup(ops.host, request, run));
    clearInterval(watch);
    assert.ok(most < 100e6, `${Math.round(most / 1e6)} MB more than before`);
  });
});
