import * as vscode from 'vscode';

/** The part of the built-in Git extension's API that is used here (vscode/extensions/git/src/api/git.d.ts). */
interface GitApi {
  repositories: { rootUri: vscode.Uri; state: { HEAD?: { name?: string; commit?: string } } }[];
}

interface GitExports {
  enabled: boolean;
  getAPI(version: 1): GitApi;
}

const patienceMs = 500;

/** Branch and commit the workspace is at, for people to recognise a snapshot by. Best effort: absent rather than late. */
export async function readGitHead(): Promise<{ branch: string; commit: string } | undefined> {
  const tooLate = new Promise<undefined>((resolve) => setTimeout(() => resolve(undefined), patienceMs));
  return Promise.race([askGit().catch(() => undefined), tooLate]);
}

async function askGit(): Promise<{ branch: string; commit: string } | undefined> {
  const git = vscode.extensions.getExtension<GitExports>('vscode.git');
  const exports = git && (git.isActive ? git.exports : await git.activate());
  if (!exports?.enabled) return undefined;
  const { repositories } = exports.getAPI(1);
  const [folder] = vscode.workspace.workspaceFolders ?? [];
  const repository = repositories.find(({ rootUri }) => folder?.uri.path.startsWith(rootUri.path)) ?? repositories[0];
  const head = repository?.state.HEAD;
  return head?.commit ? { branch: head.name ?? '', commit: head.commit } : undefined;
}
