import * as vscode from 'vscode';
import { isRemote, type DestinationConfig } from '../../core/backup/destinationConfig';
import { chosen } from '../../ui/cancellation';

/** Asks for one of rclone's own remotes, and a folder there. */
export async function askRemote(now: DestinationConfig | undefined): Promise<DestinationConfig> {
  const remote = await vscode.window.showInputBox({
    title: vscode.l10n.t('rclone Remote'),
    prompt: vscode.l10n.t('A remote of your rclone configuration, and a folder there: name:folder'),
    placeHolder: 'name:folder',
    value: now?.type === 'rclone' ? now.remote : '',
    ignoreFocusOut: true,
    validateInput: (text) =>
      isRemote(text.trim())
        ? undefined
        : vscode.l10n.t('It has a name, a colon and a folder, and nothing secret: that is in rclone’s configuration.'),
  });
  const said = chosen(remote).trim();
  return { name: said.split(':')[0]!, type: 'rclone', remote: said };
}
