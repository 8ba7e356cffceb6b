import * as os from 'node:os';
import * as vscode from 'vscode';

/** Where dialogs begin: a backup is not part of the project that is open. */
export function defaultFolder(): vscode.Uri {
  return vscode.Uri.file(os.homedir());
}
