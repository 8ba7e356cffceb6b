import * as assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import * as fs from 'node:fs';
import { Failure } from '../../src/core/failure';
import { startAgent } from './agentProcess';
import { useDisk } from './disk';
import { assertSameTree, describeTree, never, request, Sandbox } from './sandbox';

const failsWith = (code: string) => (error: unknown) => error instanceof Failure && error.code === code;
const resume = { direction: 'decided' } as const;

describe('a switch that cannot go forward any more', function () {
  this.timeout(60_000);
  const disk = useDisk('ext4', 512);

  /** Prepared and left alone; `bad` is what the volume was before it. */
  async function left(before: (box: Sandbox) => void = () => {}) {
    const box = new Sandbox(disk.path);
    box.write('file', 'good');
    const snapshot = await box.snapshot();
    box.write('file', 'bad');
    box.write('unremovable', 'by us');
    before(box);
    const bad = describeTree(box.volume);
    const { process, session } = await startAgent({ store: box.store, volume: box.volume });
    await using agent = session;
    await agent.request('snapshot.begin', { volume: box.spec }, { signal: never });
    const safety = { ...request, kind: 'safety' as const };
    await agent.request('restore.prepare', { ...box.goal(snapshot), safety }, { signal: never });
    process.kill('SIGKILL');
    return { box, snapshot, bad };
  }

  async function goesBack({ box, bad }: Awaited<ReturnType<typeof left>>): Promise<void> {
    const { process, session } = await startAgent({ store: box.store, volume: box.volume });
    const params = { target: box.spec, ...resume, orBack: true };
    const resumed = await session.request('restore.resume', params, { signal: never });
    assert.equal(resumed?.direction, 'back');
    // Its host is gone without a good-bye.
    process.kill('SIGKILL');
    await session[Symbol.asyncDispose]();
    assertSameTree(describeTree(box.volume), bad);
    assert.deepEqual(
      box.catalog().filter((name) => !name.endsWith('.json')),
      [],
      'nothing is pending, there is nothing to undo, and nobody is told that it was finished',
    );
  }

  it('goes back when what the snapshot holds is damaged', async () => {
    const found = await left();
    const { box, snapshot } = found;
    const of = `/objects/${snapshot.id}/`;
    for (const object of box.objectFiles().filter((path) => path.includes(of))) fs.truncateSync(object);
    await assert.rejects(box.ask('restore.resume', { target: box.spec, ...resume }), failsWith('snapshotDamaged'));
    await goesBack(found);
    // And the volume can be worked with.
    await box.snapshot();
  });

  it('goes back when something cannot be removed', async () => {
    const immutable = (box: Sandbox, how: '+i' | '-i') => execFileSync('chattr', [how, box.file('unremovable')]);
    const found = await left((box) => immutable(box, '+i'));
    const { box } = found;
    try {
      await assert.rejects(box.ask('restore.resume', { target: box.spec, ...resume }), /EPERM/);
      await goesBack(found);
    } finally {
      immutable(box, '-i');
    }
  });

  it('stays as it is when it cannot go back either, and goes forward once it can', async () => {
    const { box } = await left();
    const good = box.objectFiles().map((path) => [path, fs.readFileSync(path)] as const);
    for (const [path] of good) fs.truncateSync(path);
    box.write('file', 'touched by nobody');
    await assert.rejects(
      box.ask('restore.resume', { target: box.spec, ...resume, orBack: true }),
      failsWith('snapshotDamaged'),
    );
    for (const [path, content] of good) fs.writeFileSync(path, content);
    const resumed = await box.ask('restore.resume', { target: box.spec, ...resume, orBack: true });
    assert.equal(resumed?.direction, 'forward');
    assert.equal(fs.readFileSync(box.file('file'), 'utf8'), 'good');
  });
});
