import * as vscode from 'vscode';

/** The part of the built-in Git extension's API that is used here (vscode/extensions/git/src/api/git.d.ts). */
interface GitApi {
  repositories: GitRepository[];
}

interface GitRepository {
  rootUri: vscode.Uri;
  state: { HEAD?: { name?: string; commit?: string } };
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
  const head = repositoryOf(vscode.workspace.workspaceFolders?.[0], repositories)?.state.HEAD;
  return head?.commit ? { branch: head.name ?? '', commit: head.commit } : undefined;
}

/** The innermost one around the workspace's first folder, or the only one there is: another one's commit would mislead. */
export function repositoryOf<R extends Pick<GitRepository, 'rootUri'>>(
  folder: Pick<vscode.WorkspaceFolder, 'uri'> | undefined,
  repositories: readonly R[],
): R | undefined {
  const around = repositories.filter(({ rootUri }) => `${folder?.uri.path ?? ''}/`.startsWith(`${rootUri.path}/`));
  const [innermost] = around.sort((a, b) => b.rootUri.path.length - a.rootUri.path.length);
  return innermost ?? (repositories.length === 1 ? repositories[0] : undefined);
}
