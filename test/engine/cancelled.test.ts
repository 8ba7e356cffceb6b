import assert from 'node:assert/strict';
import type { Volume } from '../../src/core/engine';
import * as operations from '../../src/core/operations';
import { cancelledAfter, momentsIn } from '../fixtures/cancelling';
import { assertSameTree, Operations } from '../fixtures/operations';

const rounds = process.env['VFD_LONG'] ? 20 : 3;

interface Listen {
  signal: AbortSignal;
  onPhase: (phase: string) => void;
}

/** Ends at once when it is asked to. */
const app = ['sh', '-c', 'trap "exit 0" TERM; sleep infinity & wait'];

describe('an operation that is cancelled at any moment', function () {
  this.timeout(rounds * 40_000);
  let ops: Operations;
  let volume: Volume;
  let user: string;

  before(async () => void (ops = await Operations.connect()));
  after(() => ops[Symbol.asyncDispose]());
  beforeEach(async () => {
    volume = await ops.test.createVolume();
    user = await ops.test.startContainer([volume], { command: app });
    await write('good');
  });

  const snapshot = (listen: Partial<Listen> = {}) =>
    ops.run('snapshot', volume.name, (run) => operations.snapshotVolume(ops.host, request(), run), listen);
  const request = () => ({ volume: volume.name, note: '', consistency: 'paused' as const });
  const write = (text: string) =>
    ops.test.exec(user, [
      'sh',
      '-ec',
      `cd /data; for i in $(seq 400); do echo ${text} $i > $i; done; head -c 40000000 /dev/urandom > large`,
    ]);

  /**
   * Whether it was done all the same. A cancel has settled within two seconds; where containers are stopped by then, when they
   * run again.
   */
  async function isDoneAfter(ms: number, work: (listen: Listen) => Promise<unknown>) {
    let stops = false;
    const onPhase = (phase: string) => void (stops ||= phase === 'stop');
    const { outcome, took } = await cancelledAfter(ms, (signal) => work({ signal, onPhase }));
    assert.ok(took < (stops ? 15_000 : 2_000), `settled ${took} ms after a cancel at ${ms} ms`);
    if (outcome !== true) assert.equal((outcome as Error).name, 'Cancelled', String(outcome));
    assert.equal(ops.records.at(-1)?.outcome, outcome === true ? 'done' : 'cancelled');
    assert.equal(await ops.test.stateOf(user), 'running');
    await ops.assertNothingLeft();
    return outcome === true;
  }

  it('a snapshot: it is there or not, the container runs, and nothing of ours is left', async () => {
    const first = await snapshot();
    const { totalMs } = ops.records.at(-1)!;
    const known = new Set([first.id]);
    for (const moment of momentsIn(totalMs, rounds)) {
      await write(`round ${moment}`);
      const isDone = await isDoneAfter(moment, (listen) => snapshot(listen));
      const added = (await ops.snapshotIds(volume)).filter((id) => !known.has(id));
      assert.equal(added.length, isDone ? 1 : 0, `cancelled after ${moment} of ${totalMs} ms`);
      added.forEach((id) => known.add(id));
    }
  });

  it('a restore: the volume is as it was or wholly restored, the container runs, and nothing of ours is left', async () => {
    const good = await snapshot();
    const whole = await ops.treeOf(volume);
    await write('bad');
    await ops.restore(volume, good);
    const { totalMs } = ops.records.at(-1)!;
    for (const moment of momentsIn(totalMs, rounds)) {
      await write('bad');
      const damaged = await ops.treeOf(volume);
      const isDone = await isDoneAfter(moment, (listen) => ops.restore(volume, good, listen));
      assertSameTree(await ops.treeOf(volume), isDone ? whole : damaged);
    }
  });
});
