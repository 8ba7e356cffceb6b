import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import type { Volume } from '../../src/core/engine';
import { treeItemOf } from '../../src/features/volumes/treeItems';
import { format } from '../../src/ui/words';
import { run, until, volumeNode } from './extension';
import { Person, theFirst, theLast } from './person';
import { scene } from './scene';

describe('snapshots of a Compose project', () => {
  const here = scene();
  let project: string;
  let volumes: Volume[];
  let tests = 0;

  beforeEach(async () => {
    project = here.test.name(`shop${++tests}`);
    const create = (volume: string) => here.test.createVolume(`shop${tests}_${volume}`, {}, labels(volume));
    volumes = [await create('db'), await create('files')];
  });

  const labels = (volume: string) => ({
    'com.docker.compose.project': project,
    'com.docker.compose.volume': volume,
  });
  const write = (volume: Volume, text: string) => here.test.run(volume, ['sh', '-c', `printf ${text} > /data/file`]);
  const read = async (volume: Volume) => (await here.test.run(volume, ['cat', '/data/file'])).toString();
  const row = async () => (await here.api.nodes()).find((node) => node.kind === 'group' && node.project === project);

  it('are taken together, restored together, and that can be undone', async () => {
    const all = (text: string) => Promise.all(volumes.map((each) => write(each, text)));
    const contents = () => Promise.all(volumes.map((each) => read(each)));
    await all('good');
    await here.test.startContainer(volumes);
    const project = await row();
    using person = new Person().willAnswer(theFirst, 'Restore', 'Undo');
    await run('snapshotProject', project);
    assert.match(person.last, /taken in [\d.]+ s, volumes: 2, frozen [\d.]+ s\.$/);
    await all('damaged');
    const again = await row();
    using looking = new Person().willAnswer(theFirst);
    await run('previewProject', again);
    assert.match(looking.last, /^Restoring .* would change: 0 added \(0 B\), 2 changed \(8 B\), 0 removed \(0 B\)\.$/);
    const preview = vscode.window.activeTextEditor?.document.getText() ?? '';
    for (const { name } of volumes)
      assert.match(preview, new RegExp(`^Restore of ${name} to[^]*?Changed: 1 \\(4 B\\)\n  file`, 'm'));
    looking[Symbol.dispose]();
    await run('restoreProject', again);
    await until(() => /undone/.test(person.last));
    assert.deepEqual(await contents(), ['damaged', 'damaged']);
    assert.ok(person.heard.some((words) => / restored in /.test(words)));
    // One row undoes it for all: here, once more.
    await run('undoRestore', await volumeNode(here.api, volumes[1]!.name));
    assert.deepEqual(await contents(), ['good', 'good']);
    const undone = await row();
    await run('undoRestore', undone);
    assert.deepEqual(await contents(), ['damaged', 'damaged']);
    await run('snapshot', await volumeNode(here.api, volumes[0]!.name));
    assert.deepEqual(
      await Promise.all(volumes.map(async ({ name }) => treeItemOf(await volumeNode(here.api, name)).contextValue)),
      ['volume', 'volume'],
    );
  });

  it('are told from others on their rows, and from each other by the clock', async () => {
    await run('snapshotProject', await row());
    const words = async (volume: Volume) => {
      const [newest] = (await volumeNode(here.api, volume.name)).snapshots;
      return String(treeItemOf(newest!).description);
    };
    for (const each of volumes) assert.match(await words(each), /^whole project · \+/);
    const { entry } = (await volumeNode(here.api, volumes[0]!.name)).snapshots[0]!;
    using person = new Person().willAnswer(undefined, 'Delete');
    await run('restoreProject', await row());
    assert.deepEqual(person.offered, [format.time(new Date(entry.time))]);
    await run('deleteSnapshot', (await volumeNode(here.api, volumes[1]!.name)).snapshots[0]);
    assert.match(await words(volumes[0]!), /^part of a project · \+/);
  });

  it('bring back its volumes that are gone, with its labels', async () => {
    for (const each of volumes) await write(each, 'good');
    await run('snapshotProject', await row());

    await here.test.engine.removeVolume(volumes[0]!.name);
    await write(volumes[1]!, 'damaged');
    using person = new Person().willAnswer(theFirst, undefined, theFirst, 'Restore');
    await run('previewProject', await row());
    assert.match(person.last, /^Restoring .* would change: 1 added \(4 B\), 1 changed \(4 B\), 0 removed/);
    await run('restoreProject', await row());
    assert.match(person.details[0] ?? '', new RegExp(`These are gone, and are made anew .*: ${volumes[0]!.name}\\.`));
    assert.match(person.last, new RegExp(` restored in [\\d.]+ s\\. Made anew: ${volumes[0]!.name}\\.$`));
    for (const each of volumes) assert.equal(await read(each), 'good');
    const { volume } = await volumeNode(here.api, volumes[0]!.name);
    for (const [label, value] of Object.entries(labels('db'))) assert.equal(volume.labels[label], value);

    for (const { name } of volumes) await here.test.engine.removeVolume(name);
    const gone = await row();
    assert.ok(gone);
    assert.equal(treeItemOf(gone).contextValue, 'removedProject');
    // The first is the safety snapshot of the restore above.
    using again = new Person().willAnswer(theLast, 'Restore');
    await run('restoreProject', gone);
    assert.match(again.last, / restored in /);
    for (const each of volumes) assert.equal(await read(each), 'good');
  });

  it('restored one by one say whether Compose takes the new volume as its own', async () => {
    const [volume] = volumes as [Volume];
    await run('snapshot', await volumeNode(here.api, volume.name));
    await here.test.engine.removeVolume(volume.name);
    const removed = () =>
      here.api
        .nodes()
        .then((nodes) =>
          nodes.find((each) => each.kind === 'snapshot' && !each.volume && each.entry.volume.name === volume.name),
        );
    using person = new Person().willAnswer(`${volume.name}-copy`, volume.name);
    await run('restoreToNewVolume', await removed());
    assert.match(person.last, /Compose does not take it as its own/);
    await run('restoreToNewVolume', await removed());
    assert.match(person.last, new RegExp(`Compose takes it as the volume of its project “${project}”`));
    assert.deepEqual(
      person.hints.map((hint) => /does not take/.test(hint)),
      [true, false],
    );
    const labelsOf = async (name: string) => (await volumeNode(here.api, name)).volume.labels;
    assert.equal((await labelsOf(volume.name))['com.docker.compose.volume'], 'db');
    assert.equal((await labelsOf(`${volume.name}-copy`))['com.docker.compose.volume'], undefined);
  });
});
