import assert from 'node:assert/strict';
import { once } from 'node:events';
import * as fs from 'node:fs/promises';
import * as http from 'node:http';
import * as net from 'node:net';
import * as path from 'node:path';
import { connectEngine, type DockerEngine } from '../../src/engine';
import { parseEndpoint } from '../../src/engine/connection/endpoint';
import { thisMachine } from '../../src/engine/connection/surroundings';
import { findOwnContainerIds } from '../../src/engine/ownContainerIds';
import { builtAgent, never, TestEngine } from '../fixtures/engine';
import { machine } from '../fixtures/surroundings';
import { rejectsWith } from '../fixtures/failures';

const real = process.env['DOCKER_HOST'] || 'unix:///var/run/docker.sock';

describe('connecting to an engine', () => {
  let folder: string;
  const servers: http.Server[] = [];
  before(async () => {
    // Not TMPDIR, which other users may not enter.
    folder = await fs.mkdtemp('/tmp/vfd-');
  });
  afterEach(() => {
    for (const server of servers.splice(0)) {
      server.close();
      server.closeAllConnections();
    }
  });
  after(() => fs.rm(folder, { recursive: true }));

  const log: string[] = [];
  function connect(engine: string, more: Parameters<typeof machine>[0] = {}, signal = never): Promise<DockerEngine> {
    log.length = 0;
    const surroundings = machine({ home: folder, ...more });
    const owner = { host: 'here', pid: 1 };
    return connectEngine({ engine, agent: builtAgent, owner, log: (line) => log.push(line), surroundings }, signal);
  }

  async function serve(name: string, answer: http.RequestListener): Promise<string> {
    const server = http.createServer(answer);
    servers.push(server);
    const socket = path.join(folder, name);
    await once(server.listen(socket), 'listening');
    return `unix://${socket}`;
  }

  it('takes the setting before DOCKER_HOST, and DOCKER_HOST before the context', async () => {
    const env = { DOCKER_HOST: 'unix:///not/here.sock', DOCKER_CONTEXT: 'gone' };
    (await connect(real, { env })).dispose();
    (await connect('', { env: { ...env, DOCKER_HOST: real } })).dispose();
    assert.equal(log[0], 'setting dockerVolumes.engine: not set');
    assert.match(log[1] ?? '', /^DOCKER_HOST: .*: (Docker|Podman)/);
  });

  it('does not fall through to another engine when the chosen one fails', async () => {
    const bySetting = connect('unix:///not/here.sock', { env: { DOCKER_HOST: real } });
    await rejectsWith('engineNotFound', bySetting, { setting: true });
    await rejectsWith('engineNotFound', connect('tcp://'), { setting: true });
    const byVariable = connect('', { env: { DOCKER_HOST: 'tcp://127.0.0.1:1' } });
    assert.ok(!('setting' in (await rejectsWith('engineNotFound', byVariable)).details));
  });

  it('falls through from one well-known socket to the next, and says each attempt', async () => {
    const endpoint = parseEndpoint(real);
    assert.ok(endpoint.kind === 'socket');
    await fs.mkdir(path.join(folder, '.rd'), { recursive: true });
    await fs.symlink(endpoint.path, path.join(folder, '.rd/docker.sock'));
    // Not on a machine whose own socket answers first.
    if (
      await fs.access('/var/run/docker.sock').then(
        () => true,
        () => false,
      )
    )
      return;
    (await connect('')).dispose();
    assert.ok(log.some((line) => line.includes('docker.sock: engineNotFound')));
    await fs.rm(path.join(folder, '.rd'), { recursive: true });
  });

  it('says that none was found', async function () {
    if (
      await fs.access('/var/run/docker.sock').then(
        () => true,
        () => false,
      )
    )
      return this.skip();
    await rejectsWith('engineNotFound', connect('', { env: { XDG_RUNTIME_DIR: folder } }));
  });

  it('gives up on one that accepts and never answers', async () => {
    const address = await serve('silent.sock', () => {});
    const started = performance.now();
    await rejectsWith('engineNotAnswering', connect(address));
    assert.ok(performance.now() - started < 7_000);
  });

  it('can be cancelled meanwhile', async () => {
    const address = await serve('silent2.sock', () => {});
    const controller = new AbortController();
    setTimeout(() => controller.abort(), 100);
    const started = performance.now();
    await assert.rejects(connect(address, {}, controller.signal), { name: 'Cancelled' });
    assert.ok(performance.now() - started < 1_000);
  });

  it('says what a proxy that answers with a page says', async () => {
    const address = await serve('page.sock', (_, response) => {
      response.writeHead(500, { 'content-type': 'text/html' }).end('<html><h1>Oops</h1></html>');
    });
    const failure = await rejectsWith('engineError', connect(address));
    assert.equal(failure.details.message, 'Oops');
  });

  it('takes no garbage for an engine', async () => {
    const server = net.createServer((socket) => socket.end('SSH-2.0-OpenSSH_9.2\r\n'));
    await once(server.listen(path.join(folder, 'garbage.sock')), 'listening');
    await rejectsWith('engineError', connect(`unix://${path.join(folder, 'garbage.sock')}`));
    server.close();
  });

  it('says that it runs Windows containers', async () => {
    const address = await serve('windows.sock', (request, response) => {
      response.end(request.url === '/_ping' ? 'OK' : JSON.stringify({ OSType: 'windows', Os: 'windows' }));
    });
    await rejectsWith('engineWindowsContainers', connect(address));
  });

  it('says that the socket is not ours to use, and what to do', async function () {
    if (process.getuid?.() !== 0) return this.skip();
    const address = await serve('mine.sock', () => {});
    const socket = path.join(folder, 'mine.sock');
    await fs.chmod(folder, 0o755);
    await fs.chmod(socket, 0o660);
    await fs.chown(socket, 0, 4242);
    const surroundings = { groupOf: thisMachine().groupOf, gids: [] };
    const failure = await asAnotherUser(() => rejectsWith('enginePermissionDenied', connect(address, surroundings)));
    assert.deepEqual([failure.details.advice, failure.details.group], ['group', '4242']);
  });
});

describe('a connected engine', () => {
  let test: TestEngine;
  before(async () => {
    test = await TestEngine.connect();
  });
  after(() => test[Symbol.asyncDispose]());

  it('is the same one at every connection', async () => {
    const again = await test.connectAgain();
    assert.equal(again.id, test.engine.id);
    assert.ok(again.id.length > 0 && again.name.length > 0);
    again.dispose();
  });

  it('lists volumes and who uses them', async () => {
    const volume = await test.createVolume();
    const id = await test.startContainer([volume]);
    const container = (await test.engine.listContainers(never)).find((found) => found.id === id);
    assert.equal(container?.state, 'running');
    const [mount] = container.mounts;
    assert.deepEqual(
      [mount?.type, mount?.name, mount?.destination, mount?.readOnly],
      ['volume', volume.name, '/data', false],
    );
    const listed = (await test.engine.listVolumes(never)).find(({ name }) => name === volume.name);
    assert.deepEqual({ ...listed, aliases: [] }, volume);
  });

  it('makes a volume once', async () => {
    const spec = { name: test.name('made'), driver: 'local', labels: { a: 'b' }, options: {} };
    const volume = await test.engine.createVolume(spec, never);
    assert.deepEqual(volume.labels, { a: 'b' });
    await rejectsWith('volumeExists', test.engine.createVolume(spec, never));
    await test.engine.removeVolume(spec.name);
    await test.engine.removeVolume(spec.name);
  });

  it('does not know volumes with impossible names', async () => {
    for (const name of ['', '../volumes', 'a b', 'x?y=z', '$(id)', '<img>']) {
      await rejectsWith('volumeNotFound', test.engine.inspectVolume(name, never));
    }
  });

  it('pauses, stops and starts; what is so already is no error', async () => {
    const id = await test.startContainer([], { RestartPolicy: { Name: 'on-failure', MaximumRetryCount: 3 } });
    await test.engine.pause(id);
    assert.equal(await test.stateOf(id), 'paused');
    await test.engine.unpause(id);
    await test.engine.unpause(id);
    await test.engine.start(id);
    const { restartPolicy } = await test.engine.inspectContainer(id, never);
    assert.deepEqual(restartPolicy, { Name: 'on-failure', MaximumRetryCount: 3 });
    await test.engine.setRestartPolicy(id, { Name: 'no' });
    await test.engine.stop(id, 1);
    await test.engine.stop(id, 1);
    assert.equal(await test.stateOf(id), 'exited');
    await test.engine.setRestartPolicy(id, restartPolicy);
    await test.engine.start(id);
    assert.deepEqual((await test.engine.inspectContainer(id, never)).restartPolicy, restartPolicy);
    await test.docker.getContainer(id).remove({ force: true });
    await test.engine.unpause(id);
  });

  it('says by full id whose network a container shares, also when it was given by name', async () => {
    const id = await test.startContainer([], { name: 'net', NetworkMode: 'none' });
    const sharing = await test.createContainer([], { NetworkMode: `container:${test.name('net')}` });
    assert.deepEqual((await test.engine.inspectContainer(sharing, never)).sharesNamespaceOf, [id]);
  });

  it('tells a container that it runs in from others', async () => {
    const id = await test.startContainer([]);
    const files = Object.fromEntries(
      await Promise.all(
        ['/proc/self/mountinfo', '/proc/self/cgroup'].map(async (file) => [
          file,
          (await test.exec(id, ['cat', file])).toString(),
        ]),
      ),
    ) as Record<string, string>;
    const { wire } = test.engine.connection;
    assert.deepEqual(await findOwnContainerIds(wire, machine({ files }), 'laptop'), [id]);
    // As with a control group namespace of its own.
    const withoutGroups = machine({ files: { ...files, '/proc/self/cgroup': '0::/' } });
    assert.deepEqual(await findOwnContainerIds(wire, withoutGroups, 'laptop'), [id]);
  });
});

async function asAnotherUser<T>(work: () => Promise<T>): Promise<T> {
  process.seteuid!(65534);
  try {
    return await work();
  } finally {
    process.seteuid!(0);
  }
}
