import assert from 'node:assert/strict';
import type { Volume } from '../../src/core/engine';
import { treeItemOf } from '../../src/features/volumes/treeItems';
import { PrivateOperations } from '../fixtures/killing/privateOperations';
import { never } from '../fixtures/engine';
import { run, volumeNode } from './extension';
import { Person, theLast } from './person';
import { fileScene } from './scene';

describe('a volume that has a copy on another engine', () => {
  const here = fileScene();
  let second: PrivateOperations;
  before(async function () {
    this.timeout(360_000);
    second = await PrivateOperations.startSecond();
  });
  after(async function () {
    this.timeout(60_000);
    await second[Symbol.asyncDispose]();
  });
  const far = () => second.ops.test;
  const there = (name: string) => far().engine.inspectVolume(name, never);
  const read = async (volume: Volume) => (await far().run(volume, ['cat', '/data/file'])).toString();

  it('is synced to it after a preview, and that can be undone there', async function () {
    this.timeout(240_000);
    const address = second.engine.host;
    using person = new Person().willAnswer(theLast, address, here.volume.name, 'Sync');
    await run('syncToEngine', await here.node());
    assert.match(person.details[0] ?? '', /There is no such volume there yet: it is made\./);
    assert.match(person.last, new RegExp(`^${here.volume.name} on ${address} is equal to ${here.volume.name}, in `));
    const copy = await there(here.volume.name);
    assert.equal(await read(copy), 'good');

    await here.write('better');
    person.willAnswer(theLast, address, here.volume.name, 'Sync', 'Undo');
    await run('syncToEngine', await here.node());
    assert.match(person.details.at(-1) ?? '', /Would change: 0 added \(0 B\), 1 changed \(6 B\)/);
    const last = async () => (await here.api.timings()).at(-1);
    while ((await last())?.kind !== 'restore') await new Promise((resolve) => setTimeout(resolve, 50));
    assert.equal(await read(copy), 'good');
    assert.deepEqual((await last())?.destination, { name: address, type: 'engine' });

    person.willAnswer(theLast, 'unix:///nowhere/docker.sock', here.volume.name);
    await run('syncToEngine', await here.node());
    assert.match(person.last, /On unix:\/\/\/nowhere\/docker\.sock: No Docker engine was found/);
  });

  it('has it as a standby, which takes over, and gives back', async function () {
    this.timeout(360_000);
    const address = second.engine.host;
    const app = await here.test.startContainer([here.volume]);
    using person = new Person().willAnswer(theLast, address, here.volume.name, 'Set Up Standby');
    await run('setUpStandby', await here.node());
    assert.match(person.last, /^The standby of .* is up to date, in /);
    const copy = await there(here.volume.name);
    const standIn = await far().createContainer([copy], { name: 'stand-in' });
    const item = async () => treeItemOf(await volumeNode(here.api, here.volume.name));
    assert.match(String((await item()).description), new RegExp(`standby on ${address}, as of `));
    assert.equal((await item()).contextValue, 'volume-standby');

    await here.write('newer');
    person.willAnswer([far().name('stand-in')], 'Fail Over');
    await run('failOver', await here.node());
    assert.match(
      person.details.at(-1) ?? '',
      /Stopped on .*, for good: .*\n\n.*synced before.*\n\nStarted on .*: .*stand-in\./,
    );
    assert.match(person.last, /is in use now, after/);
    assert.deepEqual([await here.test.stateOf(app), await far().stateOf(standIn)], ['exited', 'running']);
    assert.equal(await read(copy), 'newer');
    assert.equal((await item()).contextValue, 'volume-failedOver');

    await far().run(copy, ['sh', '-c', 'printf newest > /data/file']);
    const { Name } = await here.test.docker.getContainer(app).inspect();
    person.willAnswer([Name.slice(1)], 'Fail Back');
    await run('failBack', await here.node());
    assert.deepEqual([await here.test.stateOf(app), await far().stateOf(standIn)], ['running', 'exited']);
    assert.equal(await here.read(), 'newest');

    person.willAnswer('Remove');
    await run('removeStandby', await here.node());
    assert.equal((await item()).contextValue?.includes('standby'), false);
  });
});
