import './vscodeWords';
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import * as vscode from 'vscode';
import { copyName } from '../../src/features/volumes/copyName';
import type { GroupNode } from '../../src/features/volumes/model';
import type { Targets } from '../../src/features/volumes/targets';

interface Manifest {
  contributes: { menus: { 'view/item/context': { command: string; when: string }[] } };
}

describe('Copy Name', () => {
  const copied: string[] = [];
  before(() => Object.assign(vscode.env, { clipboard: { writeText: (text: string) => copied.push(text) } }));
  beforeEach(() => copied.splice(0));

  const copy = (group: Partial<GroupNode>) =>
    copyName({ kind: 'group', id: 'g', children: [], ...group }, {} as Targets);

  it('copies the name of a project', async () => {
    await copy({ project: 'shop' });
    assert.deepEqual(copied, ['shop']);
  });

  it('leaves the clipboard alone on the group of removed volumes, which has no name', async () => {
    await copy({});
    assert.deepEqual(copied, []);
  });

  it('is in the menu of the rows that have a name, and of no others', () => {
    const { contributes } = JSON.parse(readFileSync('package.json', 'utf8')) as Manifest;
    const { when } = contributes.menus['view/item/context'].find(({ command }) => command.endsWith('.copyName'))!;
    const rows = new RegExp(/viewItem =~ \/(.*)\/ /.exec(when)?.[1] ?? '');
    const named = ['volume', 'volume-synced-undo', 'container', 'removedVolume', 'removedVolumes'].filter((row) =>
      rows.test(row),
    );
    assert.deepEqual(named, ['volume', 'volume-synced-undo', 'container', 'removedVolume']);
  });
});
