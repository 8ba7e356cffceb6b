import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import type { Volume } from '../../src/core/engine';
import { treeItemOf } from '../../src/features/volumes/treeItems';
import { run, volumeNode } from './extension';
import { Person } from './person';
import { fileScene } from './scene';

describe('a volume that is made equal to another one', () => {
  const here = fileScene();
  let target: Volume;
  const node = () => volumeNode(here.api, target.name);
  beforeEach(async () => {
    target = await here.test.createVolume();
    await here.test.run(target, ['sh', '-c', 'echo old > /data/old']);
  });

  it('is what the preview has shown, can be undone, and can be synced again from its row', async () => {
    using person = new Person().willAnswer(target.name, 'Show Changes');
    await run('syncVolume', await here.node());
    assert.equal(person.last, `Make “${target.name}” equal to “${here.volume.name}”?`);
    assert.match(person.details[0] ?? '', /Would change: 1 added \(4 B\), 0 changed \(0 B\), 1 removed \(4 B\)\./);
    assert.equal(await here.read(target).catch(() => 'nothing'), 'nothing');

    // What is written after the preview is not part of it.
    await here.write('later');
    const { uri } = vscode.window.activeTextEditor!.document;
    const [lens] = await vscode.commands.executeCommand<vscode.CodeLens[]>('vscode.executeCodeLensProvider', uri);
    assert.equal(lens?.command?.title, 'Sync…');
    person.willAnswer('Sync');
    await vscode.commands.executeCommand(lens.command.command, ...((lens.command.arguments ?? []) as unknown[]));
    assert.match(person.last, new RegExp(`^${target.name} is equal to ${here.volume.name}: .* moved in `));
    assert.equal(await here.read(target), 'good');
    assert.equal(treeItemOf(await node()).contextValue, 'volume-synced-undo');

    person.willAnswer('Sync');
    await run('syncAgain', await node());
    assert.equal(await here.read(target), 'later');
    assert.equal((await here.api.timings()).at(-1)?.kind, 'sync');
    await run('undoRestore', await node());
    assert.equal(await here.read(target), 'good');
  });

  it('is left alone when that looks like an accident, unless somebody insists; and can be emptied', async () => {
    const empty = await here.test.createVolume();
    using person = new Person().willAnswer(here.volume.name, 'Sync', undefined);
    await run('syncVolume', await volumeNode(here.api, empty.name));
    assert.match(person.last, /^This looks like an accident/);
    assert.match(person.details.at(-1) ?? '', /everything in the target would go: 1 entries/);
    assert.equal(await here.read(), 'good');

    person.willAnswer('Empty');
    await run('emptyVolume', await here.node());
    assert.match(person.last, new RegExp(`^${here.volume.name} is empty, after `));
    assert.equal(await here.read().catch(() => 'nothing'), 'nothing');
    await run('undoRestore', await here.node());
    assert.equal(await here.read(), 'good');
  });
});
