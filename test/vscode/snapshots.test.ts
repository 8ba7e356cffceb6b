import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { openTransport } from '../../src/engine/helper/openHelper';
import { never } from '../fixtures/engine';
import { missingVolume, run, until, volumeNode } from './extension';
import { Person } from './person';
import { fileScene } from './scene';

describe('snapshots of a volume', () => {
  const here = fileScene();
  const { write, read } = here;
  /** As somebody with rights on the engine's machine. */
  const inStore = (command: string) => {
    const { facts, names } = here.test.engine.connection;
    const binds = [`${facts.rootFolder}/${names.storeFolder}:/store`];
    return here.test.run(undefined, ['sh', '-ec', `cd /store; ${command}`], { binds });
  };
  const lastRecord = async () => (await here.api.timings()).at(-1);

  it('are taken at once and appear under the volume', async () => {
    using person = new Person();
    await run('snapshot', await here.node());
    assert.match(person.last, /^Snapshot of .* taken in [\d.]+ s\.$/);
    const [snapshot] = await here.snapshots();
    assert.equal(snapshot?.entry.files, 1);
  });

  it('pause the container that uses the volume, and say for how long', async () => {
    const id = await here.test.startContainer([here.volume]);
    using person = new Person();
    await run('snapshot', await here.node());
    assert.match(person.last, /frozen [\d.]+ s\.$/);
    assert.equal(await here.test.stateOf(id), 'running');
    assert.ok(((await lastRecord())?.downtimeMs ?? 0) > 0);
  });

  it('carry a note and the consistency that was chosen', async () => {
    await here.test.startContainer([here.volume]);
    using _person = new Person().willAnswer('before the [x](command:y)', 'Live');
    await run('snapshotWithNote', await here.node());
    const [snapshot] = await here.snapshots();
    assert.equal(snapshot?.entry.note, 'before the [x](command:y)');
    assert.equal(snapshot?.entry.consistency, 'live');
  });

  it('are restored after a question', async () => {
    await run('snapshot', await here.node());
    await write('damaged');
    const [snapshot] = await here.snapshots();
    using person = new Person().willAnswer('Restore');
    await run('restore', snapshot);
    assert.match(person.heard[0] ?? '', /^Restore “.*” to its snapshot/);
    assert.match(person.heard[1] ?? '', / restored in [\d.]+ s\.$/);
    assert.equal(await read(), 'good');
  });

  it('are restored under a database of another version only after a further question', async () => {
    const cluster = 'mkdir /data/global && touch /data/global/pg_control && echo 15 > /data/PG_VERSION';
    await here.test.run(here.volume, ['sh', '-c', cluster]);
    await run('snapshot', await here.node());
    await write('newer');
    await here.test.startContainer([here.volume], { name: 'db', env: ['PG_MAJOR=17'] });
    const [snapshot] = await here.snapshots();

    using refusing = new Person().willAnswer('Restore', undefined);
    await run('restore', snapshot);
    assert.equal(refusing.last, 'Restore the data of another version?');
    assert.equal(await read(), 'newer');
    using person = new Person().willAnswer('Restore', 'Restore Anyway');
    await run('restore', snapshot);
    assert.match(person.last, / restored in /);
    assert.equal(await read(), 'good');
  });

  it('are not restored when the question is not answered with yes', async () => {
    await run('snapshot', await here.node());
    await write('newer');
    const [snapshot] = await here.snapshots();
    using person = new Person().willAnswer(undefined);
    await run('restore', snapshot);
    assert.equal(await read(), 'newer');
    assert.equal(person.heard.length, 1, 'a cancel is shown as nothing');
  });

  it('can be previewed: what a restore would add, change and remove, with sizes', async () => {
    await here.test.run(here.volume, ['touch', '/data/mode']);
    await run('snapshot', await here.node());
    const change = "cd /data; rm file; mkdir -p new/er; printf 12345 > new/er/one; ln -s x 'a\nb'; chmod 600 mode";
    await here.test.run(here.volume, ['sh', '-c', change]);
    const [snapshot] = await here.snapshots();
    using person = new Person();
    await run('previewRestore', snapshot);
    assert.match(person.last, /would change: 1 added \(4 B\), 1 changed \(0 B\), 4 removed \(5 B\)\.$/);
    const lines = vscode.window.activeTextEditor?.document.getText().split('\n') ?? [];
    assert.deepEqual(lines.slice(2), [
      'Removed: 4 (5 B)',
      '  a\\x0ab',
      '  new/',
      '    er/',
      '      one  5 B',
      '',
      'Changed: 1 (0 B)',
      '  mode',
      '',
      'Added: 1 (4 B)',
      '  file  4 B',
      '',
    ]);
    assert.equal(await read().catch(() => 'gone'), 'gone', 'nothing was restored');

    // Also when the message is gone.
    const { uri } = vscode.window.activeTextEditor!.document;
    const [lens] = await vscode.commands.executeCommand<vscode.CodeLens[]>('vscode.executeCodeLensProvider', uri);
    assert.equal(lens?.command?.title, 'Restore…');
    person.willAnswer('Restore');
    await vscode.commands.executeCommand(lens.command.command, ...((lens.command.arguments ?? []) as unknown[]));
    assert.equal(await read(), 'good');
  });

  it('are not even asked about where a container must not be stopped', async () => {
    await run('snapshot', await here.node());
    const [snapshot] = await here.snapshots();
    const id = await here.test.startContainer([here.volume], { AutoRemove: true });
    const { name } = await here.test.engine.inspectContainer(id, never);
    using person = new Person();
    await run('restore', snapshot);
    assert.deepEqual(person.heard, [
      `Container “${name}” is removed as soon as it stops (--rm), so it was not stopped. Stop it yourself first.`,
    ]);
    assert.equal(await here.test.stateOf(id), 'running');
  });

  it('name all containers that a restore would stop, those without the volume too', async () => {
    await run('snapshot', await here.node());
    const [snapshot] = await here.snapshots();
    const user = await here.test.startContainer([here.volume], { name: 'web' });
    await here.test.startContainer([], { name: 'sidecar', NetworkMode: `container:${user}` });
    using person = new Person().willAnswer(undefined);
    await run('restore', snapshot);
    const [detail = ''] = person.details;
    for (const name of ['web', 'sidecar']) assert.ok(detail.includes(here.test.name(name)), detail);
  });

  it('are restored to a new volume', async () => {
    await run('snapshot', await here.node());
    const [snapshot] = await here.snapshots();
    const name = `${here.volume.name}-copy`;
    using person = new Person().willAnswer(name);
    await run('restoreToNewVolume', snapshot);
    assert.match(person.last, /restored to the new volume/);
    assert.equal(await read((await volumeNode(here.api, name)).volume), 'good');
  });

  it('get another note', async () => {
    await run('snapshot', await here.node());
    const [snapshot] = await here.snapshots();
    using person = new Person().willAnswer(' before the release ');
    await run('changeNote', snapshot);
    const [changed] = await here.snapshots();
    assert.deepEqual(changed?.entry, { ...snapshot!.entry, note: 'before the release' });
    assert.deepEqual(person.heard, []);
  });

  it('are deleted after a question', async () => {
    await run('snapshot', await here.node());
    const [snapshot] = await here.snapshots();
    using person = new Person().willAnswer('Delete');
    await run('deleteSnapshot', snapshot);
    assert.match(person.last, /deleted, [\d.]+ k?B freed/);
    assert.deepEqual(await here.snapshots(), []);
  });

  it('are deleted together after one question when several are selected', async () => {
    await run('snapshot', await here.node());
    await run('snapshot', await here.node());
    const [first, second] = await here.snapshots();
    using person = new Person().willAnswer('Delete');
    await run('deleteSnapshot', first, [first, second]);
    assert.deepEqual(person.heard, ['Delete 2 snapshots?', 'Snapshots deleted: 2.']);
    assert.deepEqual(await here.snapshots(), []);
  });

  it('say when their space stays taken, for another one of the volume is damaged', async () => {
    await run('snapshot', await here.node());
    const [damaged] = await here.snapshots();
    await run('snapshot', await here.node());
    const [snapshot] = await here.snapshots();
    await inStore(`truncate -s 10 volumes/${here.volume.name}/snapshots/${damaged?.entry.id}/manifest`);
    using person = new Person().willAnswer('Delete', 'Delete');
    await run('deleteSnapshot', snapshot);
    assert.match(person.last, /deleted, 0 B freed\. Another snapshot of the volume cannot be read \(.+\)/);
    assert.match(person.last, new RegExp(damaged?.entry.id ?? '-'));
    await run('deleteSnapshot', damaged);
    assert.match(person.last, /deleted, [\d.]+ k?B freed\.$/);
  });

  it('that are gone are not inspected as they were', async () => {
    await run('snapshot', await here.node());
    const [snapshot] = await here.snapshots();
    await run('inspect', snapshot);
    using person = new Person().willAnswer('Delete');
    await run('deleteSnapshot', snapshot);
    await run('inspect', snapshot);
    assert.equal(person.last, 'This snapshot is no longer there.');
    await vscode.commands.executeCommand('workbench.action.closeActiveEditor');
  });

  it('stay in reach when their volume is removed', async () => {
    await run('snapshot', await here.node());
    await here.test.engine.removeVolume(here.volume.name);
    const removed = (await here.api.nodes()).find(
      (node) => node.kind === 'removedVolume' && node.name === here.volume.name,
    );
    assert.ok(removed?.kind === 'removedVolume');
    using _person = new Person().willAnswer(here.volume.name);
    // There is nothing to restore in place, so this asks for a name.
    await run('restore', removed.snapshots[0]);
    assert.equal(await read(), 'good');
  });

  it('are refused while another operation has the volume, and taken after it when the person waits', async () => {
    const other = { operation: 'restore', lock: here.volume.name, store: false } as const;
    const holder = await openTransport(here.test.engine.connection, other, never, ['sleep', '120']);
    using person = new Person().willAnswer('Wait');
    await run('snapshot', await here.node());
    assert.match(person.last, /is in use by another operation \(Restore, this window\)/);
    await holder.dispose();
    await until(() => /^Snapshot of .* taken/.test(person.last));
  });

  it('of a volume that does not exist fail with one message, and create nothing', async () => {
    const typo = here.test.name('typo');
    using person = new Person();
    await run('snapshot', missingVolume(typo));
    assert.deepEqual(person.heard, [
      `Snapshot of ${typo} failed at “Connecting”: There is no volume “${typo}” on this engine. Nothing was created.`,
    ]);
    assert.ok(!(await here.test.docker.listVolumes()).Volumes.some(({ Name }) => Name === typo));
    const record = await lastRecord();
    assert.deepEqual([record?.outcome, record?.failure], ['failed', 'volumeNotFound']);
  });

  it('leave a timing record whose phases add up to the total', async () => {
    await run('snapshot', await here.node());
    const record = await lastRecord();
    assert.equal(record?.kind, 'snapshot');
    assert.equal(record.volume, here.volume.name);
    assert.equal(record.outcome, 'done');
    const sum = record.phases.reduce((total, { ms }) => total + ms, 0);
    assert.ok(Math.abs(sum - record.totalMs) < 0.02 * record.totalMs, `${sum} of ${record.totalMs}`);
  });
});
