import assert from 'node:assert/strict';
import type { SnapshotEntry } from '../../src/core/snapshotEntry';
import { treeItemOf } from '../../src/features/volumes/treeItems';
import { format } from '../../src/ui/words';
import { run, setEngine, until } from './extension';
import { Person } from './person';
import { fileScene } from './scene';

describe('the restore of a volume', () => {
  const here = fileScene();
  const { write, read } = here;

  it('can be undone from the notification, and so can that', async () => {
    await run('snapshot', await here.node());
    await write('damaged');
    const [snapshot] = await here.snapshots();

    using person = new Person().willAnswer('Restore', 'Undo', 'Undo');
    await run('restore', snapshot);
    // The person has clicked Undo twice: the second one undoes the first.
    await until(() => person.heard.length > 3);
    assert.equal(await read(), 'good');
    const entries = (await here.snapshots()).map(({ entry }) => entry);
    assert.equal(entries.map(({ kind }) => kind).join(), 'safety,safety,safety,user');
    const saidOf = ({ time }: SnapshotEntry) =>
      `The last restore of ${here.volume.name} was undone in …: what was there at ${format.time(new Date(time))} is back.`;
    const heard = person.heard.slice(2).map((words) => words.replace(/in [\d.]+ s/, 'in …'));
    assert.deepEqual(heard, [saidOf(entries[2]!), saidOf(entries[1]!)]);
  });

  it('cannot be undone from its notification any more when the volume has a newer snapshot', async () => {
    await run('snapshot', await here.node());
    await write('damaged');
    const [snapshot] = await here.snapshots();
    const { promise: pressed, resolve: press } = Promise.withResolvers<string>();
    using person = new Person().willAnswer('Restore', pressed);
    await run('restore', snapshot);
    await write('newer');
    await run('snapshot', await here.node());
    press('Undo');
    await until(() => person.last === 'There is no restore to undo any more.');
    assert.equal(await read(), 'newer');
  });

  it('can be undone on the row until the next snapshot, also once the notification is gone', async () => {
    await run('snapshot', await here.node());
    await write('damaged');
    const [snapshot] = await here.snapshots();
    using person = new Person().willAnswer('Restore', undefined, undefined, undefined);
    await run('restore', snapshot);
    const node = await here.node();
    assert.equal(treeItemOf(node).contextValue, 'volume-undo');
    assert.match(String(treeItemOf(node).description), /^restored · /);
    assert.match(String(treeItemOf(node.snapshots[0]!).description), /^Undo Restore brings this back/);
    await run('undoRestore', node);
    assert.match(person.last, /^The last restore of .* was undone in [\d.]+ s: /);
    assert.equal(await read(), 'damaged');
    await run('undoRestore', await here.node());
    assert.equal(await read(), 'good', 'an undo can be undone');

    const stale = await here.node();
    await run('snapshot', stale);
    assert.equal(treeItemOf(await here.node()).contextValue, 'volume');
    await run('undoRestore', stale);
    assert.equal(person.last, 'There is no restore to undo any more.');
    assert.equal(await read(), 'good');
  });

  it('says why when it cannot be undone from its notification', async () => {
    await run('snapshot', await here.node());
    const [snapshot] = await here.snapshots();
    const gone = () => setEngine('unix:///nowhere/docker.sock').then(() => 'Undo');
    const { promise: isOver, resolve: end } = Promise.withResolvers<void>();
    try {
      using person = new Person().willAnswer('Restore', isOver.then(gone));
      await run('restore', snapshot);
      const heard = person.heard.length;
      end();
      await until(() => person.heard.length > heard);
      assert.match(person.last, /engine/);
    } finally {
      await setEngine(undefined);
    }
  });

  it('can be undone from the palette', async () => {
    await run('snapshot', await here.node());
    await write('damaged');
    const [snapshot] = await here.snapshots();
    using person = new Person().willAnswer('Restore', undefined, here.volume.name);
    await run('restore', snapshot);
    await run('undoRestore');
    assert.match(person.last, / was undone in /);
    assert.equal(await read(), 'damaged');
  });
});
