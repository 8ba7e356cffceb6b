import assert from 'node:assert/strict';
import { once } from 'node:events';
import * as fs from 'node:fs/promises';
import * as net from 'node:net';
import * as os from 'node:os';
import * as path from 'node:path';
import { matters, watchEvents } from '../../src/engine/events';
import { openDocker } from '../../src/engine/connection/openDocker';
import { Wire } from '../../src/engine/wire';
import { TestEngine } from '../fixtures/engine';

describe('events of the engine', () => {
  let test: TestEngine;
  before(async () => {
    test = await TestEngine.connect();
  });
  const watches: { dispose(): void }[] = [];
  afterEach(() => watches.splice(0).forEach((watch) => watch.dispose()));
  after(() => test[Symbol.asyncDispose]());

  it('tell of volumes that come and go', async () => {
    const seen: string[] = [];
    watches.push(test.engine.watchEvents((event) => seen.push(event)));
    await until(async () => {
      await test.createVolume();
      return seen.includes('changed');
    });
    assert.ok(!seen.includes('lost'));
  });

  it('tell that they broke off, and come back by themselves', async () => {
    await using proxy = await Proxy.start(test);
    const { docker, close } = openDocker({ kind: 'socket', path: proxy.path });
    const seen: string[] = [];
    watches.push(
      watchEvents(new Wire(docker, 'proxy', () => {}), (event) => seen.push(event)),
      { dispose: close },
    );
    await until(() => proxy.connections.size > 0);
    await new Promise((resolve) => setTimeout(resolve, 100));
    proxy.cut();
    const sinceLost = () => seen.slice(seen.indexOf('lost')); // before, others on this engine may have changed something
    await until(() => seen.includes('lost') && sinceLost().length > 1);
    assert.deepEqual(sinceLost().slice(0, 2), ['lost', 'changed']);
  });

  it('leave out what happens all the time and changes nothing', () => {
    const event = (Type: string, Action: string, Attributes = {}) =>
      JSON.stringify({ Type, Action, Actor: { Attributes } });
    assert.equal(matters(event('volume', 'prune')), true);
    assert.equal(matters(event('container', 'die')), true);
    assert.equal(matters(event('container', 'health_status: healthy')), false);
    assert.equal(matters(event('container', 'exec_create: sh')), false);
    assert.equal(matters(event('container', 'start', { 'dockervolumes.role': 'helper' })), false);
    assert.equal(matters(event('container', 'destroy', { 'dockervolumes.role': 'helper' })), true);
    assert.equal(matters('half a li'), false);
  });
});

/** Stands between us and the engine, and can let go of both. */
class Proxy implements AsyncDisposable {
  readonly connections = new Set<net.Socket>();
  private constructor(
    readonly path: string,
    private readonly server: net.Server,
  ) {}

  static async start(test: TestEngine): Promise<Proxy> {
    const folder = await fs.mkdtemp(path.join(os.tmpdir(), 'vfd-'));
    const endpoint = test.engine.endpoint;
    const server = net.createServer((client) => {
      const engine =
        endpoint.kind === 'socket' ? net.connect(endpoint.path) : net.connect(endpoint.port ?? 0, endpoint.host);
      for (const socket of [client, engine]) {
        proxy.connections.add(socket);
        socket.on('error', () => {});
        socket.on('close', () => proxy.connections.delete(socket));
      }
      client.pipe(engine).pipe(client);
    });
    const proxy = new Proxy(path.join(folder, 'engine.sock'), server);
    await once(server.listen(proxy.path), 'listening');
    return proxy;
  }

  cut(): void {
    for (const socket of this.connections) socket.destroy();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.cut();
    this.server.close();
    await fs.rm(path.dirname(this.path), { recursive: true });
  }
}

async function until(condition: () => boolean | Promise<boolean>, limitMs = 10_000): Promise<void> {
  const giveUp = Date.now() + limitMs;
  while (!(await condition())) {
    assert.ok(Date.now() < giveUp, 'it did not happen in time');
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
