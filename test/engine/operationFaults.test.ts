import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import type { AgentSession } from '../../src/core/agentClient/session';
import type { AgentMethod } from '../../src/core/agentProtocol';
import type { Volume, VolumeEngine } from '../../src/core/engine';
import { Failure, isFailure } from '../../src/core/failure';
import * as operations from '../../src/core/operations';
import { label } from '../../src/engine/labels';
import { never, testImage } from '../fixtures/engine';
import { failing } from '../fixtures/failingEngine';
import { rejectsWith } from '../fixtures/failures';
import { Operations } from '../fixtures/operations';
import { withAgents } from '../fixtures/withAgents';

describe('operations when the engine fails them', function () {
  let ops: Operations;
  let volume: Volume;
  before(async () => void (ops = await Operations.connect()));
  after(async () => ops[Symbol.asyncDispose]());
  beforeEach(async () => {
    volume = await ops.test.createVolume();
    await ops.test.run(volume, ['sh', '-c', 'echo one > /data/file']);
  });

  const request = () => ({ volume: volume.name, note: '', consistency: 'paused' as const });
  const snapshotWith = (faults: Partial<VolumeEngine>) => {
    const host = { ...ops.host, engine: failing(ops.test.engine, faults) };
    return ops.run('snapshot', volume.name, (run) => operations.snapshotVolume(host, request(), run));
  };

  it('no container stays paused when the pause of another one fails', async () => {
    const [slow, refused] = [await ops.test.startContainer([volume]), await ops.test.startContainer([volume])];
    const pause = async (id: string) => {
      if (id === refused) throw new Failure('engineError', { status: 409, message: 'not running' });
      await sleep(500);
      await ops.test.engine.pause(id);
    };
    await rejectsWith('engineError', snapshotWith({ pause }));
    await sleep(600);
    assert.deepEqual([await ops.test.stateOf(slow), await ops.test.stateOf(refused)], ['running', 'running']);
    await ops.assertNothingLeft();
  });

  it('a journal that cannot be read keeps nobody from freezing, once its owner must be dead', async () => {
    const { wire, names } = ops.test.engine.connection;
    const Labels = { [label.role]: 'freeze', [label.journal]: '{"format":2,"frozen":"web"}' };
    await wire.docker.createContainer({ name: names.freeze, Image: testImage, Labels });
    await ops.test.startContainer([volume]);
    await sleep(5_000);
    // Within its first minute somebody may be at work with it.
    await rejectsWith('freezeBusy', ops.snapshot(volume), { dead: true });
    const aged = async (signal: AbortSignal) => {
      const own = await ops.test.engine.listOwnContainers(signal);
      return own.map((found) => ({ ...found, createdAt: found.createdAt - 60_000 }));
    };
    const engine = failing(ops.test.engine, { listOwnContainers: aged });
    const { failures } = await operations.recover({ ...ops.host, engine }, never);
    assert.deepEqual(
      failures.map((failure) => isFailure(failure, 'journalUnreadable') && failure.details.journal),
      ['{"format":2,"frozen":"web"}'],
    );
    assert.equal((await ops.snapshot(volume)).consistency, 'paused');
    await ops.assertNothingLeft();
  });

  it('a container that ends before it can be paused needs no pause', async () => {
    const [short, long] = [await ops.test.startContainer([volume]), await ops.test.startContainer([volume])];
    const pause = async (id: string) => {
      if (id === short) await ops.test.docker.getContainer(short).kill();
      await ops.test.engine.pause(id);
    };
    assert.equal((await snapshotWith({ pause })).consistency, 'paused');
    assert.deepEqual([await ops.test.stateOf(short), await ops.test.stateOf(long)], ['exited', 'running']);
    await ops.assertNothingLeft();
  });

  it('containers are started by recovery when the engine did not answer that they were', async () => {
    const snapshot = await ops.snapshot(volume);
    const user = await ops.test.startContainer([volume], { RestartPolicy: { Name: 'always' } });
    const start = () => Promise.reject(new Failure('engineNotAnswering', { seconds: 60 }));
    // A watchdog that dies with us: what is left is recovery.
    const startWatchdog = () => ({ ready: async () => {}, arm() {}, disarm() {}, [Symbol.dispose]() {} });
    const host = { ...ops.host, startWatchdog, engine: failing(ops.test.engine, { start }) };
    const restore = ops.run('restore', volume.name, (run) =>
      operations.restoreSnapshots(host, [{ snapshot, volume: volume.name }], run),
    );
    await rejectsWith('engineNotAnswering', restore);
    assert.equal(await ops.test.stateOf(user), 'exited');
    await ops.recover();
    assert.equal(await ops.test.stateOf(user), 'running');
    assert.equal((await ops.test.engine.inspectContainer(user, never)).restartPolicy.Name, 'always');
    await ops.assertNothingLeft();
  });

  it('a restore whose helper is killed when the switch is prepared touches nothing, and leaves no switch to be done later', async () => {
    const snapshot = await ops.snapshot(volume);
    await ops.test.run(volume, ['sh', '-c', 'echo two > /data/file']);
    const user = await ops.test.startContainer([volume]);
    const killed = async () => {
      await ops.test.docker.getContainer(ops.test.engine.helperName(volume.name)).kill();
      throw new Failure('agentLost', { reason: 'killed before it answered' });
    };
    const host = {
      ...ops.host,
      engine: losingAnswers(ops.test.engine, { after: 'restore.prepare', failWith: killed }),
    };
    const restore = ops.run('restore', volume.name, (run) =>
      operations.restoreSnapshots(host, [{ snapshot, volume: volume.name }], run),
    );
    await rejectsWith('agentLost', restore);
    assert.equal(await ops.test.stateOf(user), 'running');
    assert.equal((await ops.test.exec(user, ['cat', '/data/file'])).toString(), 'two\n');
    await ops.assertNothingLeft();
    await ops.snapshot(volume);
  });

  it('a restore whose helper is killed when the switch is done is told as done, and can be undone', async () => {
    const snapshot = await ops.snapshot(volume);
    await ops.test.run(volume, ['sh', '-c', 'echo two > /data/file']);
    const killed = async () => {
      await ops.test.docker.getContainer(ops.test.engine.helperName(volume.name)).kill();
      throw new Failure('agentLost', { reason: 'killed before it answered' });
    };
    const engine = losingAnswers(ops.test.engine, { after: 'restore.switch', failWith: killed });
    const { safety } = await ops.restore(volume, snapshot, { host: { ...ops.host, engine } });
    assert.equal((await ops.test.run(volume, ['cat', '/data/file'])).toString(), 'one\n');
    await ops.assertNothingLeft();
    const { waysBack } = await ops.test.engine.readCatalog(never);
    assert.deepEqual(
      waysBack.filter((back) => back.volume === volume.name),
      [{ volume: volume.name, safety: safety.id }],
    );
  });

  it('a snapshot whose helper is killed before its good-bye is told as taken', async () => {
    const snapshot = await ops.snapshot(volume, {}, { ...ops.host, engine: killedAtEnd(ops) });
    assert.deepEqual(await ops.snapshotIds(volume), [snapshot.id]);
    assert.equal(ops.records.at(-1)!.outcome, 'done');
    await ops.assertNothingLeft();
  });

  it('a restore whose helper is killed before its good-bye is told as done, once, and can be undone', async () => {
    const snapshot = await ops.snapshot(volume);
    await ops.test.run(volume, ['sh', '-c', 'echo two > /data/file']);
    const user = await ops.test.startContainer([volume]);
    const { safety } = await ops.restore(volume, snapshot, { host: { ...ops.host, engine: killedAtEnd(ops) } });
    assert.equal(ops.records.at(-1)!.outcome, 'done');
    assert.equal((await ops.test.exec(user, ['cat', '/data/file'])).toString(), 'one\n');
    // Nothing is left that a recovery would tell again.
    await ops.assertNothingLeft();
    const { waysBack } = await ops.test.engine.readCatalog(never);
    assert.equal(waysBack.find((back) => back.volume === volume.name)?.safety, safety.id);
  });

  it('a new volume is kept when its helper is killed before its good-bye', async () => {
    const snapshot = await ops.snapshot(volume);
    const name = ops.test.name('kept');
    const host = { ...ops.host, engine: killedAtEnd(ops) };
    const made = await ops.run('restoreToNew', name, (run) =>
      operations.restoreToNewVolume(host, { snapshot, name }, run),
    );
    assert.equal((await ops.test.run(made, ['cat', '/data/file'])).toString(), 'one\n');
    await ops.assertNothingLeft();
    await ops.test.engine.removeVolume(name);
  });

  it('a restore that could not be carried out is told as turned back: the volume is what it was, and used again', async () => {
    const snapshot = await ops.snapshot(volume);
    await ops.test.run(volume, ['sh', '-c', 'echo two > /data/file']);
    const user = await ops.test.startContainer([volume]);
    const failed = new Failure('restoreIncomplete', { volume: volume.name, path: 'file', reason: 'EPERM' });
    const engine = withAgents(ops.test.engine, volume, 'restore.switch', () => Promise.reject(failed));
    const restore = ops.restore(volume, snapshot, { host: { ...ops.host, engine } });
    await rejectsWith('restoreTurnedBack', restore, { volume: volume.name, path: 'file' });
    assert.equal(await ops.test.stateOf(user), 'running', 'by the operation itself');
    assert.equal((await ops.test.exec(user, ['cat', '/data/file'])).toString(), 'two\n');
    await ops.assertNothingLeft();
  });

  it('a container that starts writing during the first pass is frozen for the second', async () => {
    let user: string | undefined;
    const host = ops.host;
    const snapshot = await ops.run('snapshot', volume.name, (run) => {
      const openHelper: VolumeEngine['openHelper'] = async (...args) => {
        const helper = await ops.test.engine.openHelper(...args);
        user = await ops.test.startContainer([volume]);
        return helper;
      };
      return operations.snapshotVolume({ ...host, engine: failing(host.engine, { openHelper }) }, request(), run);
    });
    assert.deepEqual([snapshot.consistency, snapshot.users.length], ['paused', 1]);
    assert.ok(snapshot.frozenMs > 0);
    assert.equal(await ops.test.stateOf(user!), 'running');
    await ops.assertNothingLeft();
  });

  it('a restore is refused when a container begins to use the volume before the switch', async () => {
    const snapshot = await ops.snapshot(volume);
    await ops.test.run(volume, ['sh', '-c', 'echo two > /data/file']);
    const openHelper: VolumeEngine['openHelper'] = async (...args) => {
      const helper = await ops.test.engine.openHelper(...args);
      await ops.test.startContainer([volume]);
      return helper;
    };
    const host = { ...ops.host, engine: failing(ops.test.engine, { openHelper }) };
    const restore = ops.run('restore', volume.name, (run) =>
      operations.restoreSnapshots(host, [{ snapshot, volume: volume.name }], run),
    );
    await rejectsWith('volumeChangedDuringRestore', restore);
    assert.equal((await ops.test.run(volume, ['cat', '/data/file'])).toString(), 'two\n');
    await ops.assertNothingLeft();
  });
});

/** The real engine, whose first helper is killed when it is to say good-bye. */
function killedAtEnd({ test }: Operations): VolumeEngine {
  let killed = false;
  const openHelper: VolumeEngine['openHelper'] = async (request, signal) => {
    const session = await test.engine.openHelper(request, signal);
    const finish: AgentSession['finish'] = session.finish.bind(session);
    session.finish = async () => {
      if (!killed) await test.docker.getContainer(test.engine.helperName(request.lock!)).kill();
      killed = true;
      return finish();
    };
    return session;
  };
  return failing(test.engine, { openHelper });
}

/** The real engine, but the answer to one request to its agents is lost. */
function losingAnswers(
  engine: VolumeEngine,
  { after, failWith }: { after: AgentMethod; failWith: () => Promise<never> },
): VolumeEngine {
  const openHelper: VolumeEngine['openHelper'] = async (...args) => {
    const session = await engine.openHelper(...args);
    const request: AgentSession['request'] = session.request.bind(session);
    session.request = async (method, ...rest) => {
      const answer = await request(method, ...rest);
      if (method === after) await failWith();
      return answer;
    };
    return session;
  };
  return failing(engine, { openHelper });
}
