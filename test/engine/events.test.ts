import assert from 'node:assert/strict';
import { matters, watchEvents } from '../../src/engine/events';
import { openDocker } from '../../src/engine/connection/openDocker';
import { Wire } from '../../src/engine/wire';
import { TestEngine } from '../fixtures/engine';
import { EngineProxy } from '../fixtures/engineProxy';

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
    await using proxy = await EngineProxy.start(test);
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

async function until(condition: () => boolean | Promise<boolean>, limitMs = 10_000): Promise<void> {
  const giveUp = Date.now() + limitMs;
  while (!(await condition())) {
    assert.ok(Date.now() < giveUp, 'it did not happen in time');
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
