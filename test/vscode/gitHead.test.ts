import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as vscode from 'vscode';
import { repositoryOf } from '../../src/features/snapshots/gitHead';
import { TestEngine } from '../fixtures/engine';
import { activated, run, snapshotsOf, until, volumeNode } from './extension';

interface Git {
  enabled: boolean;
  getAPI(version: 1): { openRepository(root: vscode.Uri): Promise<{ status(): Promise<void> } | null> };
}

describe('the git branch and commit of a snapshot', () => {
  let root: string;
  const git = (...args: string[]) =>
    execFileSync('git', ['-c', 'user.name=test', '-c', 'user.email=test@example.com', ...args], { cwd: root });

  /** The test bed's quiet VS Code has it off. */
  const enableGit = (enabled: boolean) =>
    vscode.workspace.getConfiguration('git').update('enabled', enabled, vscode.ConfigurationTarget.Global);

  before(async () => {
    await enableGit(true);
    root = realpathSync(mkdtempSync(join(tmpdir(), 'git-')));
    git('init', '--quiet', '--initial-branch=feature/undo');
    git('commit', '--quiet', '--allow-empty', '--message=first');
  });
  after(async () => {
    await enableGit(false);
    rmSync(root, { recursive: true });
  });

  it('are those that the workspace is at', async () => {
    const extension = vscode.extensions.getExtension<Git>('vscode.git');
    assert.ok(extension);
    const exports = await extension.activate();
    await until(() => exports.enabled);
    const repository = await exports.getAPI(1).openRepository(vscode.Uri.file(root));
    await repository?.status();
    const commit = git('rev-parse', 'HEAD').toString().trim();
    await using test = await TestEngine.connect();
    const [api, { name }] = [await activated(), await test.createVolume()];
    await run('snapshot', await volumeNode(api, name));
    const [snapshot] = await snapshotsOf(api, name);
    assert.deepEqual(snapshot?.entry.git, { branch: 'feature/undo', commit });
  });

  const at = (path: string) => ({ rootUri: vscode.Uri.file(path), uri: vscode.Uri.file(path) });
  const cases: [what: string, folder: string | undefined, repositories: string[], expected: string | undefined][] = [
    ['are of the repository around the folder', '/work/app/web', ['/other', '/work/app'], '/work/app'],
    ['are of the innermost one', '/work/app/web', ['/work/app', '/work/app/web', '/work'], '/work/app/web'],
    ['are of the only one, where the folder is above it', '/work', ['/work/app'], '/work/app'],
    ['are none where several might be meant', '/work', ['/work/app', '/work/web'], undefined],
    ['are not of one whose name only begins alike', '/work/app2', ['/work/app', '/other'], undefined],
    ['are none without a repository', '/work', [], undefined],
    ['are of the only one without a folder', undefined, ['/work/app'], '/work/app'],
  ];
  for (const [what, folder, repositories, expected] of cases) {
    it(what, () => {
      const found = repositoryOf(folder === undefined ? undefined : at(folder), repositories.map(at));
      assert.equal(found?.rootUri.path, expected);
    });
  }
});
