import assert from 'node:assert/strict';
import type { Node, RemovedVolumeNode } from '../../src/features/volumes/model';
import { treeItemOf } from '../../src/features/volumes/treeItems';
import { never } from '../fixtures/engine';
import { run, volumeNode } from './extension';
import { Person } from './person';
import { fileScene } from './scene';

describe('whole volumes', () => {
  const here = fileScene();
  const inspect = (name: string) => here.test.engine.inspectVolume(name, never);
  const removedNode = async (name: string): Promise<RemovedVolumeNode> => {
    const node = (await here.api.nodes()).find((each) => each.kind === 'removedVolume' && each.name === name);
    assert.ok(node?.kind === 'removedVolume', `${name} is among the removed volumes`);
    return node;
  };

  it('are created with labels, or not at all where their place cannot be mounted', async () => {
    const name = here.test.name('made');
    using person = new Person().willAnswer('Plain Volume', name, 'team=blue note="a b"');
    await run('createVolume');
    assert.equal(person.last, `${name} created.`);
    assert.deepEqual((await inspect(name)).labels, { team: 'blue', note: 'a b' });

    const typo = here.test.name('typo');
    person.willAnswer('Folder', '/no/such/folder', typo, '');
    await run('createVolume');
    assert.match(person.last, /^Creation of .* failed.*cannot mount/);
    await assert.rejects(inspect(typo));
  });

  it('are cloned, and the clone is named', async () => {
    const name = here.test.name('cloned');
    using person = new Person().willAnswer(name);
    await run('cloneVolume', await here.node());
    assert.match(person.last, new RegExp(`^${here.volume.name} cloned to ${name} in `));
    assert.equal(await here.read(await inspect(name)), 'good');
    const [copy] = (await volumeNode(here.api, name)).snapshots;
    assert.match(String(treeItemOf(copy!).description), new RegExp(`^copy of ${here.volume.name} · `));
    assert.equal((await here.api.timings()).at(-1)?.kind, 'clone');
  });

  it('are removed after a question, all that are selected, and brought back', async () => {
    const other = await here.test.createVolume();
    const nodes: Node[] = [await here.node(), await volumeNode(here.api, other.name)];
    using person = new Person().willAnswer(undefined);
    await run('removeVolume', nodes[0], nodes);
    assert.equal(person.last, 'Remove 2 volumes?');
    assert.match(person.details[0] ?? '', /Until 30 days from now/);
    assert.equal((await inspect(other.name)).name, other.name, 'not without a yes');

    person.willAnswer('Remove');
    await run('removeVolume', nodes[0], nodes);
    assert.match(person.last, /^Volumes removed: 2\. Can be brought back until /);
    const removed = await removedNode(here.volume.name);
    assert.match(String(treeItemOf(removed).description), /^removed · can be brought back until /);

    await run('bringBack', removed);
    assert.match(person.last, new RegExp(`^${here.volume.name} is back, as of `));
    assert.equal(await here.read(), 'good');
  });

  it('that a container uses are refused by its name, before anybody is asked', async () => {
    await here.test.createContainer([here.volume], { name: 'user-of-it' });
    using person = new Person();
    await run('removeVolume', await here.node());
    assert.equal(person.heard.length, 1);
    assert.match(person.last, new RegExp(`is used by ${here.test.name('user-of-it')}, so nothing was changed`));
  });

  it('get another name, with their labels', async () => {
    const name = here.test.name('renamed');
    using person = new Person().willAnswer(name);
    await run('renameVolume', await here.node());
    assert.match(person.last, new RegExp(`^${here.volume.name} is now ${name}, after `));
    assert.equal(await here.read(await inspect(name)), 'good');
    await assert.rejects(inspect(here.volume.name));
  });

  it('that nothing uses are listed with why, and only the chosen ones are removed', async () => {
    const [used, other] = [await here.test.createVolume(), await here.test.createVolume()];
    await here.test.createContainer([used], { name: 'one-that-uses' });
    using person = new Person().willAnswer([here.volume.name, used.name], 'Remove');
    await run('pruneVolumes');
    const offered = [here.volume, used, other].map(({ name }) => person.labels.includes(name));
    assert.deepEqual(offered, [true, false, true]);
    assert.equal(person.offered[person.labels.indexOf(other.name)], 'no container');
    assert.match(person.last, new RegExp(`^${here.volume.name} removed\\.`));
    assert.ok(await inspect(other.name));
    await run('bringBack', await removedNode(here.volume.name));
    assert.equal(await here.read(), 'good');
  });
});
