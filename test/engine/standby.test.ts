import assert from 'node:assert/strict';
import type { Volume } from '../../src/core/engine';
import * as operations from '../../src/core/operations';
import { databasesImage, postgresql, startDatabase, untilAnswers } from '../fixtures/databases';
import { never } from '../fixtures/engine';
import { TwoEngines } from '../fixtures/engines';
import { rejectsWith } from '../fixtures/failures';
import { Ledger } from '../fixtures/ledger';
import type { Operations } from '../fixtures/operations';

const setUp = 'psql -qc "CREATE TABLE ledger (id bigserial PRIMARY KEY)"';
const insert = 'yes "INSERT INTO ledger DEFAULT VALUES RETURNING id;" | psql -XAtq';
const read = 'psql -XAtqc "SELECT id FROM ledger"';

describe('a standby on another engine', function () {
  this.timeout(600_000);
  let engines: TwoEngines;
  let volume: Volume;
  let copy: Volume;
  /** PostgreSQL on either side, on the volume there; the second one was made, and never started. */
  let servers: { near: string; far: string };
  before(async () => {
    engines = await TwoEngines.start(databasesImage);
    const { near, far } = engines;
    volume = await near.test.createVolume('db');
    copy = await far.test.createVolume('db');
    servers = {
      near: await startDatabase(near.test, postgresql, volume),
      far: await far.test.createContainer([], {
        image: databasesImage,
        user: postgresql.user,
        command: postgresql.command,
        Init: false,
        Binds: [`${copy.name}:${postgresql.folder}`],
      }),
    };
    await shell(near, servers.near, setUp);
    // Docker's own restart of the machine must not start what was failed over.
    await near.test.docker.getContainer(servers.near).update({ RestartPolicy: { Name: 'always' } });
  });
  after(() => engines[Symbol.asyncDispose]());
  afterEach(() => engines.assertNothingLeft());

  const shell = async (ops: Operations, id: string, script: string) =>
    (await ops.test.exec(id, ['sh', '-c', script])).toString();
  const rows = async (ops: Operations, id: string) =>
    new Set((await shell(ops, id, read)).trim().split('\n').filter(Boolean).map(Number));
  const lost = (there: Set<number>, ledger: Ledger) => ledger.numbers.filter((number) => !there.has(number));
  const pair = (): operations.Pair => ({
    primary: { host: engines.near.host, volume: volume.name },
    standby: { host: engines.far.host, volume: copy.name },
    level: 1,
  });
  const back = (): operations.Pair => ({ ...pair(), primary: pair().standby, standby: pair().primary });
  const update = (of: operations.Pair) =>
    engines.near.run('sync', volume.name, (run) => operations.updateStandby(of, run));
  const failOver = (request: operations.FailOverRequest) =>
    engines.near.run('failOver', volume.name, (run) => operations.failOver(request, run));
  const serverOf = async (ops: Operations, of: Volume) => operations.startable(ops.host, of.name, never);

  it('takes over without the loss of a row that was acknowledged, and gives back', async () => {
    const { near, far } = engines;
    const ledger = await Ledger.start(near.test, servers.near, insert);
    await ledger.grow(50);
    let last = await update(pair());
    await ledger.grow(50);
    const kept = await update({ ...pair(), last });
    // What an update leaves, the next one removes: of two, one copy and one snapshot to copy from stay.
    assert.ok(
      !(await far.snapshotIds(copy)).includes(last.copy) && !(await near.snapshotIds(volume)).includes(last.source),
    );
    last = kept;
    await ledger.grow(20);

    const start = await serverOf(far, copy);
    assert.deepEqual(
      start.map(({ id }) => id),
      [servers.far],
    );
    const over = await failOver({ ...pair(), last, isHeard: true, start });
    assert.equal(await near.test.stateOf(servers.near), 'exited');
    const { HostConfig } = await near.test.docker.getContainer(servers.near).inspect();
    assert.equal(HostConfig.RestartPolicy?.Name, 'no', 'the engine must not start it by itself');
    await untilAnswers(far.test, servers.far, postgresql);
    assert.deepEqual(lost(await rows(far, servers.far), ledger), []);
    assert.ok(near.records.at(-1)!.downtimeMs > 0);

    const later = await Ledger.start(far.test, servers.far, insert);
    await later.grow(50);
    const again = await failOver({ ...back(), last: over.last, isHeard: true, start: over.stopped });
    assert.equal(await far.test.stateOf(servers.far), 'exited');
    await untilAnswers(near.test, servers.near, postgresql);
    const there = await rows(near, servers.near);
    assert.deepEqual([lost(there, ledger), lost(there, later)], [[], []]);
    const policy = (await near.test.docker.getContainer(servers.near).inspect()).HostConfig.RestartPolicy?.Name;
    assert.deepEqual([policy, again.stopped.map(({ id }) => id)], ['always', [servers.far]]);
  });

  it('is not written to while something runs on it, and a fail-over that cannot start there leaves the primary running', async () => {
    const { near, far } = engines;
    const blocked = await far.test.createContainer([copy], {
      command: ['/no such program'],
      name: 'blocked',
      Init: false,
    });
    const before = await rows(near, servers.near);
    const start = (await serverOf(far, copy)).filter(({ id }) => id === blocked);
    const { cause } = await rejectsWith('onOtherEngine', failOver({ ...pair(), isHeard: true, start }));
    assert.match(String(cause), /failOverRefused/);
    await untilAnswers(near.test, servers.near, postgresql);
    assert.deepEqual(await rows(near, servers.near), before);
    const policy = (await near.test.docker.getContainer(servers.near).inspect()).HostConfig.RestartPolicy?.Name;
    assert.equal(policy, 'always');
    await far.test.docker.getContainer(blocked).remove();

    const user = await far.test.startContainer([copy]);
    const { details } = await rejectsWith('standbyInUse', update(pair()));
    assert.equal(details.containers.length, 1);
    await rejectsWith('standbyInUse', failOver({ ...pair(), isHeard: true, start: [] }));
    assert.equal(await near.test.stateOf(servers.near), 'running');
    await far.test.docker.getContainer(user).remove({ force: true });
  });

  it('takes over from an engine that is gone with what its last update brought; both in use is told when that is back', async () => {
    const { near, far } = engines;
    const ledger = await Ledger.start(near.test, servers.near, insert);
    await ledger.grow(20);
    const acknowledged = [...ledger.numbers];
    await update(pair());
    await ledger.grow(20);
    // The second engine is the one that can be killed: to it, and from it.
    await failOver({ ...pair(), isHeard: true, start: await serverOf(far, copy) });
    await untilAnswers(far.test, servers.far, postgresql);
    const there = await Ledger.start(far.test, servers.far, insert);
    await there.grow(20);
    await update(back());
    const synced = [...there.numbers];
    await there.grow(20);
    await engines.process.kill();
    const start = await serverOf(near, volume);
    await failOver({ ...back(), isHeard: false, start });
    await untilAnswers(near.test, servers.near, postgresql);
    const rowsHere = await rows(near, servers.near);
    assert.deepEqual(
      acknowledged.filter((id) => !rowsHere.has(id)),
      [],
    );
    assert.ok(
      synced.length >= 20 && there.numbers.slice(-1).every((id) => !rowsHere.has(id)),
      'what came after the update is missing',
    );

    await engines.process.restart();
    await far.test.docker
      .getContainer(servers.far)
      .start()
      .catch(() => {});
    const { details } = await rejectsWith('standbyInUse', update(pair()));
    assert.equal(details.engine, far.test.engine.name);
    await far.test.docker.getContainer(servers.far).stop();
    await update({ ...pair(), keepsSafety: true });
  });
});
