import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import type { Volume } from '../../src/core/engine';
import { run, until, volumeNode } from './extension';
import { Person } from './person';
import { scene } from './scene';

describe('the view of volumes', () => {
  const here = scene();
  let volume: Volume;

  before(async () => {
    volume = await here.test.createVolume();
  });

  it('shows a volume of the engine, and who uses it', async () => {
    assert.equal((await volumeNode(here.api, volume.name)).use, 'unused');
    const id = await here.test.startContainer([volume]);
    const node = await volumeNode(here.api, volume.name);
    assert.equal(node.use, 'running');
    assert.deepEqual(node.users[0]?.mounts, [{ destination: '/data', readOnly: false }]);
    await here.test.engine.stop(id, 0);
    assert.equal((await volumeNode(here.api, volume.name)).use, 'stopped');
  });

  it('hides what is ours', async () => {
    const names = (await here.api.nodes()).flatMap((node) => (node.kind === 'volume' ? [node.volume.name] : []));
    assert.ok(!names.some((name) => name.endsWith('-store') && name.startsWith('volumes-for-docker')));
  });

  it('computes the size of one volume', async () => {
    await here.test.run(volume, ['sh', '-c', 'head -c 5000 /dev/zero > /data/five']);
    using person = new Person();
    await run('computeSize', await volumeNode(here.api, volume.name));
    assert.match(person.last, /holds 5 kB in 1 file\./);
    assert.equal((await volumeNode(here.api, volume.name)).size?.bytes, 5_000);
  });

  it('opens what the engine says of a volume in a read-only editor', async () => {
    await run('inspect', await volumeNode(here.api, volume.name));
    const document = vscode.window.activeTextEditor?.document;
    assert.equal(document?.languageId, 'json');
    assert.equal((JSON.parse(document.getText()) as { Name: string }).Name, volume.name);
    await vscode.commands.executeCommand('workbench.action.closeActiveEditor');
  });

  it('reads anew what it opens again', async () => {
    const { name } = await here.test.createVolume('inspected');
    const node = await volumeNode(here.api, name);
    await run('inspect', node);
    const document = vscode.window.activeTextEditor?.document;
    await here.test.engine.removeVolume(name);
    await here.test.createVolume('inspected', { type: 'tmpfs', device: 'tmpfs' });
    await run('inspect', node);
    await until(() => document?.getText().includes('tmpfs') === true);
    await vscode.commands.executeCommand('workbench.action.closeActiveEditor');
  });

  it('copies the name of a volume', async () => {
    await run('copyName', await volumeNode(here.api, volume.name));
    assert.equal(await vscode.env.clipboard.readText(), volume.name);
  });
});
