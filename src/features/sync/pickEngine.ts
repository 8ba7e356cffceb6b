import * as vscode from 'vscode';
import { dockerContexts, type EngineChoice } from '../../engine';
import { chosen } from '../../ui/cancellation';
import { forQuickPick } from '../../ui/plainText';

/** Another engine: one of the Docker contexts that are not the current one, or an address that is typed in. */
export async function pickEngine(placeHolder: string): Promise<EngineChoice> {
  const { contexts, current } = await dockerContexts();
  const items = contexts
    .filter(({ name }) => name !== current)
    .map(({ name, address }) => ({
      label: forQuickPick(name),
      description: forQuickPick(address),
      choice: { context: name },
    }));
  const typed = { label: vscode.l10n.t('$(edit) Address…'), description: 'ssh://user@host', choice: undefined };
  const { choice } = chosen(await vscode.window.showQuickPick([...items, typed], { placeHolder }));
  return choice ?? { address: await askAddress() };
}

async function askAddress(): Promise<string> {
  const address = await vscode.window.showInputBox({
    title: vscode.l10n.t('Address of the other engine'),
    prompt: vscode.l10n.t('As for DOCKER_HOST: ssh://user@host, tcp://host:2376, unix:///path/to/docker.sock'),
    validateInput: problemOf,
    ignoreFocusOut: true,
  });
  return chosen(address?.trim());
}

/** An address is kept in plain text. */
function problemOf(text: string): string | undefined {
  if (text.trim() === '') return vscode.l10n.t('An address is needed.');
  return /\/\/[^/@]*:[^/@]*@/.test(text) ? vscode.l10n.t('Leave the password out of the address.') : undefined;
}
