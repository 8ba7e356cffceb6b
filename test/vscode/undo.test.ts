import assert from 'node:assert/strict';
import type { Volume } from '../../src/core/engine';
import type { SnapshotEntry } from '../../src/core/snapshotEntry';
import type { Api } from '../../src/extension';
import { treeItemOf } from '../../src/features/volumes/treeItems';
import { format } from '../../src/ui/words';
import type { TestEngine } from '../fixtures/engine';
import { activated, connectLikeExtension, run, snapshotsOf, until, volumeNode } from './extension';
import { Person } from './person';

describe('the restore of a volume', () => {
  let api: Api;
  let test: TestEngine;
  let volume: Volume;

  before(async () => {
    api = await activated();
    test = await connectLikeExtension();
  });
  after(() => test[Symbol.asyncDispose]());
  beforeEach(async () => {
    volume = await test.createVolume();
    await write('good');
  });

  const write = (text: string) => test.run(volume, ['sh', '-c', `printf ${text} > /data/file`]);
  const read = async () => (await test.run(volume, ['cat', '/data/file'])).toString();

  it('can be undone from the notification, and so can that', async () => {
    await run('snapshot', await volumeNode(api, volume.name));
    await write('damaged');
    const [snapshot] = await snapshotsOf(api, volume.name);

    using person = new Person().willAnswer('Restore', 'Undo', 'Undo');
    await run('restore', snapshot);
    // The person has clicked Undo twice: the second one undoes the first.
    await until(() => person.heard.length > 3);
    assert.equal(await read(), 'good');
    const entries = (await snapshotsOf(api, volume.name)).map(({ entry }) => entry);
    assert.equal(entries.map(({ kind }) => kind).join(), 'safety,safety,safety,user');
    const saidOf = ({ time }: SnapshotEntry) =>
      `The last restore of ${volume.name} was undone in …: what was there at ${format.time(new Date(time))} is back.`;
    const heard = person.heard.slice(2).map((words) => words.replace(/in [\d.]+ s/, 'in …'));
    assert.deepEqual(heard, [saidOf(entries[2]!), saidOf(entries[1]!)]);
  });

  it('cannot be undone from its notification any more when the volume has a newer snapshot', async () => {
    await run('snapshot', await volumeNode(api, volume.name));
    await write('damaged');
    const [snapshot] = await snapshotsOf(api, volume.name);
    const { promise: pressed, resolve: press } = Promise.withResolvers<string>();
    using person = new Person().willAnswer('Restore', pressed);
    await run('restore', snapshot);
    await write('newer');
    await run('snapshot', await volumeNode(api, volume.name));
    press('Undo');
    await until(() => person.last === 'There is no restore to undo any more.');
    assert.equal(await read(), 'newer');
  });

  it('can be undone on the row until the next snapshot, also once the notification is gone', async () => {
    await run('snapshot', await volumeNode(api, volume.name));
    await write('damaged');
    const [snapshot] = await snapshotsOf(api, volume.name);
    using person = new Person().willAnswer('Restore', undefined, undefined, undefined);
    await run('restore', snapshot);
    const node = await volumeNode(api, volume.name);
    assert.equal(treeItemOf(node).contextValue, 'volume-undo');
    assert.match(String(treeItemOf(node).description), /^restored · /);
    assert.match(String(treeItemOf(node.snapshots[0]!).description), /^Undo Restore brings this back/);
    await run('undoRestore', node);
    assert.match(person.last, /^The last restore of .* was undone in [\d.]+ s: /);
    assert.equal(await read(), 'damaged');
    await run('undoRestore', await volumeNode(api, volume.name));
    assert.equal(await read(), 'good', 'an undo can be undone');

    const stale = await volumeNode(api, volume.name);
    await run('snapshot', stale);
    assert.equal(treeItemOf(await volumeNode(api, volume.name)).contextValue, 'volume');
    await run('undoRestore', stale);
    assert.equal(person.last, 'There is no restore to undo any more.');
    assert.equal(await read(), 'good');
  });

  it('can be undone from the palette', async () => {
    await run('snapshot', await volumeNode(api, volume.name));
    await write('damaged');
    const [snapshot] = await snapshotsOf(api, volume.name);
    using person = new Person().willAnswer('Restore', undefined, volume.name);
    await run('restore', snapshot);
    await run('undoRestore');
    assert.match(person.last, / was undone in /);
    assert.equal(await read(), 'damaged');
  });
});
