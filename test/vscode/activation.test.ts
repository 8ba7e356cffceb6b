import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { activated, extensionId } from './extension';

interface Manifest {
  contributes: {
    commands: { command: string; title: string }[];
    menus: Record<string, { command: string }[]>;
    keybindings: { command: string }[];
  };
}

describe('the extension', () => {
  before(activated);

  const { contributes } = vscode.extensions.getExtension(extensionId)?.packageJSON as Manifest;
  const contributed = contributes.commands.map(({ command }) => command).sort();

  it('registers exactly the commands that it contributes', async () => {
    const ofViews = /^dockerVolumes\.(volumes|backups)\./; // VS Code adds focus, resetViewLocation … for each view
    const all = await vscode.commands.getCommands(true);
    const registered = all.filter((name) => name.startsWith('dockerVolumes.') && !ofViews.test(name)).sort();
    assert.deepEqual(registered, contributed);
  });

  it('has a title in words for every command', () => {
    for (const { command, title } of contributes.commands) assert.doesNotMatch(title, /^%|^$/, command);
  });

  it('offers in menus and on keys only commands that there are', () => {
    const used = [...Object.values(contributes.menus).flat(), ...contributes.keybindings];
    for (const { command } of used) assert.ok(contributed.includes(command), command);
  });

  it('shows its views', async () => {
    for (const view of ['volumes', 'backups']) await vscode.commands.executeCommand(`dockerVolumes.${view}.focus`);
  });
});
