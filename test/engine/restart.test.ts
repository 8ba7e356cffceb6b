import assert from 'node:assert/strict';
import type { Volume } from '../../src/core/engine';
import type { SnapshotEntry } from '../../src/core/snapshotEntry';
import { never, type ContainerOptions } from '../fixtures/engine';
import { Operations } from '../fixtures/operations';

const ms = 1e6;
/** Healthy as soon as the file is there. */
const healthcheck = { Test: ['CMD', 'test', '-e', '/tmp/ready'], Interval: 100 * ms, Timeout: 1000 * ms, Retries: 3 };
const shell = (script: string) => ['sh', '-c', script];

describe('what runs again after a restore', function () {
  let ops: Operations;
  let volume: Volume;
  let snapshot: SnapshotEntry;
  before(async () => void (ops = await Operations.connect()));
  after(async () => ops[Symbol.asyncDispose]());
  beforeEach(async () => {
    volume = await ops.test.createVolume();
    snapshot = await ops.snapshot(volume);
    for (const list of [ops.records, ops.phases, ops.waits, ops.warnings]) list.length = 0;
  });
  afterEach(() => ops.assertNothingLeft());

  const patient = () => ({ ...ops.host, settings: { ...ops.host.settings, healthWaitMs: 20_000 } });
  const restore = (options = {}) => ops.restore(volume, snapshot, { host: patient(), ...options });
  const service = (name: string, dependsOn: string, options: ContainerOptions = {}) => {
    const compose = { project: ops.test.prefix, service: name, depends_on: dependsOn };
    const labels = Object.fromEntries(
      Object.entries(compose).map(([key, text]) => [`com.docker.compose.${key}`, text]),
    );
    return ops.test.startContainer([volume], { name: `${name}-${volume.name}`, labels, ...options });
  };
  const lastRun = async (id: string) => (await ops.test.engine.inspectContainer(id, never)).lastRun;
  const startOf = async (id: string) => Date.parse((await lastRun(id)).startedAt);

  it('is started in dependency order, and a service only when the one it needs is healthy', async () => {
    const command = shell('sleep 1; touch /tmp/ready; exec sleep infinity');
    // It has its time to become so: three early checks would call it unhealthy.
    const patientCheck = { ...healthcheck, Retries: 100 };
    const db = await service('db', '', { command, healthcheck: patientCheck, Tmpfs: { '/tmp': '' } });
    const web = await service('web', 'db:service_healthy:true');
    const cache = await service('cache', '');
    const worker = await service('worker', 'web:service_started:true');
    const { restarted } = await restore();
    assert.equal(restarted.length, 4);
    const started = await Promise.all([db, cache, web, worker].map(startOf));
    assert.ok(started[2]! - started[0]! > 800, 'web came after db was healthy');
    assert.ok(started[1]! - started[0]! < 800, 'the cache waited for nobody');
    assert.ok(started[3]! > started[2]!);
    assert.equal((await lastRun(db)).health, 'healthy');
    assert.deepEqual(ops.warnings, []);
    assert.ok(
      ops.waits.some(({ phase, containers, upToSeconds }) => {
        return phase === 'health' && upToSeconds === 20 && containers?.[0]?.includes('-db-');
      }),
    );
    const [record] = ops.records;
    assert.ok(record!.phases.find(({ name }) => name === 'health')!.ms > 500);
    assert.ok(record!.downtimeMs > 1000 && record!.downtimeMs < record!.totalMs);
  });

  it('is said when it ends right after its start, with the last lines of its log and nowhere else', async () => {
    const command = shell(
      'if test -e /data/good; then exec sleep infinity; fi; sleep 0.4; echo canary $((40 + 2)) >&2; exit 3',
    );
    await ops.test.run(volume, ['touch', '/data/good']);
    const id = await ops.test.startContainer([volume], { command });
    await ops.test.startContainer([volume], { command, RestartPolicy: { Name: 'always' } });
    const { restarted, safety } = await restore();
    assert.equal(restarted.length, 2);
    const [once, always] = ops.warnings.toSorted((a, b) => Number(b.exitCode) - Number(a.exitCode));
    assert.deepEqual([once?.why, once?.exitCode, once?.log], ['ended', 3, ['canary 42']]);
    assert.deepEqual([always?.why, always?.log.at(-1)], ['ended', 'canary 42']);
    assert.deepEqual([ops.records[0]?.outcome, await ops.test.stateOf(id)], ['done', 'exited']);
    assert.ok(!JSON.stringify([ops.records, ops.test.log]).includes('canary'));
    await ops.restore(volume, safety);
    assert.deepEqual((await ops.test.run(volume, ['ls', '/data'])).toString(), 'good\n');
  });

  it('is said when its health check fails, and what needs it is started all the same', async () => {
    await ops.test.run(volume, ['touch', '/data/good']);
    const db = await service('db', '', {
      healthcheck: { ...healthcheck, Test: ['CMD', 'test', '-e', '/data/good'] },
      command: shell('echo starting; exec sleep infinity'),
    });
    const web = await service('web', 'db:service_healthy:true');
    await restore();
    assert.deepEqual(
      ops.warnings.map(({ why, log }) => [why, log]),
      [['unhealthy', ['starting']]],
    );
    assert.deepEqual([await ops.test.stateOf(db), await ops.test.stateOf(web)], ['running', 'running']);
  });

  it('is not waited for after a cancel, which does not undo the restore', async () => {
    await ops.test.run(volume, ['touch', '/data/file']);
    const web = await service('web', 'db:service_healthy:true');
    await service('db', '', { healthcheck: { ...healthcheck, Retries: 10_000 } });
    const cancel = new AbortController();
    const onPhase = (phase: string) => void (phase === 'health' && setTimeout(() => cancel.abort(), 100));
    const begun = performance.now();
    await restore({ signal: cancel.signal, onPhase });
    assert.ok(performance.now() - begun < 15_000);
    assert.deepEqual([ops.records[0]?.outcome, ops.warnings], ['done', []]);
    assert.equal(await ops.test.stateOf(web), 'running');
    assert.equal((await ops.test.run(volume, ['ls', '/data'])).toString(), '');
  });

  it('is said when the engine refuses to start it; the rest runs, and the restore is done', async () => {
    const other = await ops.test.startContainer([], { name: `other-${volume.name}`, NetworkMode: 'none' });
    const sidecar = await ops.test.startContainer([volume], { NetworkMode: `container:${other}` });
    const app = await ops.test.startContainer([volume]);
    let stopped: Promise<unknown> | undefined;
    const onPhase = (phase: string) =>
      void (phase === 'stop' && (stopped ??= ops.test.docker.getContainer(other).stop({ t: 0 })));
    await restore({ onPhase });
    await stopped;
    assert.deepEqual(
      ops.warnings.map(({ why }) => why),
      ['refused'],
    );
    assert.match(ops.warnings[0]?.reason ?? '', /network|not running/i);
    assert.deepEqual([await ops.test.stateOf(sidecar), await ops.test.stateOf(app)], ['exited', 'running']);
    assert.equal(ops.records[0]?.outcome, 'done');
  });

  it('was stopped within the grace of a restore, which is shown', async () => {
    const name = `db-${volume.name}`;
    await ops.test.startContainer([volume], { name, Init: false });
    await ops.restore(volume, snapshot);
    assert.deepEqual(ops.waits[0], { phase: 'stop', containers: [ops.test.name(name)], upToSeconds: 1 });
    const { ms } = ops.records[0]!.phases.find((phase) => phase.name === 'stop')!;
    assert.ok(ms > 900 && ms < 8_000, `${ms} ms, and not the 10 s that engines wait for`);
  });
});
