import assert from 'node:assert/strict';
import * as path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { startAgentSession } from '../../src/core/agentClient/client';
import type { Volume } from '../../src/core/engine';
import type { Host } from '../../src/core/operations';
import type { SnapshotEntry } from '../../src/core/snapshotEntry';
import type { ConnectOptions } from '../../src/engine/connectEngine';
import { never, type ContainerOptions } from '../fixtures/engine';
import { rejectsWith } from '../fixtures/failures';
import { Operations } from '../fixtures/operations';
import { machine } from '../fixtures/surroundings';

const pythonImage = 'volumes-for-docker-test/python:1';

/** Passes every connection on to the engine, as a socket proxy does. */
const proxy = `
import socket, threading
def copy(a, b):
    while True:
        data = a.recv(65536)
        if not data: break
        b.sendall(data)
    b.shutdown(socket.SHUT_WR)
server = socket.create_server(('0.0.0.0', 2375))
while True:
    client, _ = server.accept()
    engine = socket.socket(socket.AF_UNIX); engine.connect('/engine.sock')
    for pair in ((client, engine), (engine, client)): threading.Thread(target=copy, args=pair, daemon=True).start()
`;

describe('whom we may touch', function () {
  let ops: Operations;
  let volume: Volume;
  let snapshot: SnapshotEntry;
  before(async () => void (ops = await Operations.connect()));
  after(async () => ops[Symbol.asyncDispose]());
  beforeEach(async () => {
    volume = await ops.test.createVolume();
    snapshot = await ops.snapshot(volume);
    ops.warnings.length = 0;
  });
  afterEach(() => ops.assertNothingLeft());

  const start = (options: ContainerOptions = {}) => ops.test.startContainer([volume], options);
  /** Does not use the volume. */
  const startOther = (options: ContainerOptions) => ops.test.startContainer([], options);
  const states = (...ids: string[]) => Promise.all(ids.map((id) => ops.test.stateOf(id)));
  const startOf = async (id: string) =>
    Date.parse((await ops.test.engine.inspectContainer(id, never)).lastRun.startedAt);

  async function asIfIn(
    container: string,
    work: (host: Host) => Promise<unknown>,
    isVisible = (_line: string) => true,
  ): Promise<void> {
    const lines = (await ops.test.exec(container, ['cat', '/proc/self/mountinfo'])).toString().split('\n');
    const mountinfo = lines.filter(isVisible).join('\n');
    await withHost({ surroundings: machine({ files: { '/proc/self/mountinfo': mountinfo } }) }, work);
  }

  async function withHost(how: Partial<ConnectOptions>, work: (host: Host) => Promise<unknown>): Promise<void> {
    const engine = await ops.test.connectAgain(startAgentSession, how);
    try {
      await work({ ...ops.host, engine });
    } finally {
      engine.dispose();
    }
  }

  it('not the container that we run in', async () => {
    await asIfIn(await start(), async (host) => {
      await rejectsWith('containerIsOurs', ops.snapshot(volume, {}, host));
      await rejectsWith('containerIsOurs', ops.restore(volume, snapshot, { host }));
    });
  });

  it('none that the container we run in shares a namespace of, but for a pause', async () => {
    const db = await start({ NetworkMode: 'none' });
    const ours = await startOther({ NetworkMode: `container:${db}` });
    await asIfIn(ours, async (host) => {
      await rejectsWith('containerIsOurs', ops.restore(volume, snapshot, { host }));
      assert.equal((await ops.snapshot(volume, {}, host)).consistency, 'paused');
    });
    // Where the root of our file system does not tell which one of the two it is.
    const refused = (host: Host) => rejectsWith('containerIsOurs', ops.snapshot(volume, {}, host));
    await asIfIn(ours, refused, (line) => line.split(' ')[4] !== '/');
    assert.deepEqual(await states(db), ['running']);
  });

  it('not the container that our connection to the engine goes through', async function () {
    const { endpoint } = ops.test.engine;
    if (endpoint.kind !== 'socket') return this.skip();
    const network = await ops.test.docker.createNetwork({ Name: ops.test.name('net'), Driver: 'bridge' });
    const server = await start({
      image: pythonImage,
      command: ['python3', '-c', proxy],
      Binds: [`${volume.name}:/data`, `${endpoint.path}:/engine.sock`],
      NetworkMode: network.id,
      ports: ['2375/tcp'],
    });
    const { NetworkSettings } = await ops.test.docker.getContainer(server).inspect();
    const [address] = Object.values(NetworkSettings.Networks).map(({ IPAddress }) => IPAddress);
    const published = `127.0.0.1:${NetworkSettings.Ports['2375/tcp']?.[0]?.HostPort}`;
    const answers = () =>
      fetch(`http://${published}/_ping`).then(
        ({ ok }) => ok,
        () => false,
      );
    while (!(await answers())) await sleep(50);
    for (const engine of [published, `${address}:2375`]) {
      await withHost({ engine: `tcp://${engine}` }, async (host) => {
        await rejectsWith('containerServesEngine', ops.snapshot(volume, {}, host));
        await rejectsWith('containerServesEngine', ops.restore(volume, snapshot, { host }));
        await ops.snapshot(volume, { consistency: 'live' }, host);
      });
    }
    assert.deepEqual(await states(server), ['running']);
    await ops.test.docker.getContainer(server).remove({ force: true });
    await network.remove();
  });

  it('no container that is removed when it stops; it may be paused', async () => {
    const id = await start({ AutoRemove: true });
    await rejectsWith('containerWouldBeRemoved', ops.restore(volume, snapshot));
    await rejectsWith('containerWouldBeRemoved', ops.snapshot(volume, { consistency: 'stopped' }));
    assert.equal((await ops.snapshot(volume)).consistency, 'paused');
    assert.deepEqual(await states(id), ['running']);
  });

  it('no container that a manager would start again elsewhere', async () => {
    const id = await start({ labels: { 'com.docker.swarm.task.id': 'x' } });
    await rejectsWith('containerIsManaged', ops.restore(volume, snapshot), { by: 'Swarm' });
    assert.deepEqual(await states(id), ['running']);
  });

  it('those that share a namespace of a stopped one, which start after it', async () => {
    const db = await start({ IpcMode: 'shareable', NetworkMode: 'none' });
    const sharing = [
      { NetworkMode: `container:${db}` },
      { PidMode: `container:${db}` },
      { IpcMode: `container:${db}` },
    ];
    const sidecars = await Promise.all(sharing.map((options) => startOther({ NetworkMode: 'none', ...options })));
    const further = await startOther({ NetworkMode: `container:${sidecars[1]}` });
    const { restarted } = await ops.restore(volume, snapshot);
    assert.equal(restarted.length, 5);
    assert.deepEqual(new Set(await states(db, ...sidecars, further)), new Set(['running']));
    const [first, ...others] = await Promise.all([db, ...sidecars].map(startOf));
    assert.ok(others.every((each) => each > first!));
    assert.ok((await startOf(further)) > others[1]!);
  });

  it('none that the user paused: a snapshot leaves it as it is, and a restore is refused', async () => {
    const paused = await start();
    await ops.test.engine.pause(paused);
    await ops.snapshot(volume);
    assert.deepEqual(await states(paused), ['paused']);
    const { name } = await ops.test.engine.inspectContainer(paused, never);
    await rejectsWith('containerPausedByUser', ops.restore(volume, snapshot), { container: name });
    assert.deepEqual(await states(paused), ['paused']);
    await ops.test.engine.unpause(paused);
  });

  it('none that the user paused and that shares a namespace of one that would be stopped', async () => {
    const db = await start({ NetworkMode: 'none' });
    const sidecar = await startOther({ NetworkMode: `container:${db}` });
    await ops.test.engine.pause(sidecar);
    const { name } = await ops.test.engine.inspectContainer(db, never);
    await rejectsWith('containerPausedByUser', ops.restore(volume, snapshot), { sharesWith: name });
    assert.deepEqual(await states(db, sidecar), ['running', 'paused']);
    await ops.test.engine.unpause(sidecar);
  });

  it('one that crashes again and again: not paused, but stopped and started', async () => {
    const id = await start({ command: ['false'], RestartPolicy: { Name: 'always' } });
    while ((await ops.test.stateOf(id)) !== 'restarting') await sleep(20);
    const { name } = await ops.test.engine.inspectContainer(id, never);
    await rejectsWith('containerCannotPause', ops.snapshot(volume), { container: name });
    const { restarted } = await ops.restore(volume, snapshot);
    assert.deepEqual(restarted, [name]);
    await ops.test.docker.getContainer(id).remove({ force: true });
  });

  it('those that write by another way than mounting the volume', async () => {
    await ops.test.run(volume, ['mkdir', '/data/inner']);
    const whole = await ops.snapshot(volume);
    const folder = volume.mountpoint;
    const same = await ops.test.createVolume(undefined, { type: 'none', o: 'bind', device: folder });
    const sources = [folder, `${folder}/inner`, path.posix.dirname(folder), same.name];
    for (const source of sources) await startOther({ Binds: [`${source}:/d`] });
    const { consistency, users } = await ops.snapshot(volume);
    assert.deepEqual([consistency, users.length], ['paused', 4]);
    assert.equal((await ops.restore(volume, whole)).restarted.length, 4);
  });

  it('no restart policy starts one during a switch, and each is back after it', async () => {
    const policy = { Name: 'on-failure', MaximumRetryCount: 3 };
    const id = await start({ RestartPolicy: policy });
    let during: Promise<string> | undefined;
    const policyOf = async () => (await ops.test.engine.inspectContainer(id, never)).restartPolicy;
    const onPhase = (phase: string) => {
      if (phase === 'verify') during ??= policyOf().then(({ Name }) => Name);
    };
    await ops.restore(volume, snapshot, { onPhase });
    assert.equal(await during, 'no');
    assert.deepEqual(await policyOf(), policy);
  });
});
