import * as vscode from 'vscode';
import { bindOptions, nfsOptions, pairsIn, type Pairs } from '../../core/volumeOptions';
import { chosen } from '../../ui/cancellation';

/** Where the data of a new volume is to lie. */
export interface Place {
  driver: string;
  options: Record<string, string>;
}

/** Asks for it, with presets for what people look up each time. */
export async function askPlace(): Promise<Place> {
  const title = vscode.l10n.t('Create Volume');
  const items = [
    {
      label: vscode.l10n.t('Plain Volume'),
      description: vscode.l10n.t('in the folder of the engine'),
      ask: () => Promise.resolve({}),
    },
    {
      label: vscode.l10n.t('Folder'),
      description: vscode.l10n.t('of the engine’s machine, as a volume'),
      ask: async () => bindOptions(await askText(vscode.l10n.t('Folder, from the root'), '/srv/data', isAbsolute)),
    },
    {
      label: vscode.l10n.t('NFS Share'),
      description: vscode.l10n.t('on a server'),
      ask: async () => {
        const address = await askText(vscode.l10n.t('Address of the server'), '192.168.1.10', isAddress);
        const path = await askText(vscode.l10n.t('Path that it exports'), '/exports/data', isAbsolute);
        return nfsOptions({ address, path });
      },
    },
    {
      label: vscode.l10n.t('Other Driver or Options…'),
      description: vscode.l10n.t('as for “docker volume create”'),
      ask: undefined,
    },
  ];
  const { ask } = chosen(await vscode.window.showQuickPick(items, { title, placeHolder: vscode.l10n.t('What for?') }));
  if (ask) return { driver: 'local', options: await ask() };
  const driver = await askText(vscode.l10n.t('Driver'), 'local', (text) => (/^\S+$/.test(text) ? undefined : ''));
  const options = await askPairs(vscode.l10n.t('Options, as in: type=tmpfs device=tmpfs o=size=64m'));
  return { driver, options };
}

/** None is an answer. */
export function askLabels(): Promise<Record<string, string>> {
  return askPairs(vscode.l10n.t('Labels, as in: team=blue keep=yes (or nothing)'));
}

async function askPairs(prompt: string): Promise<Record<string, string>> {
  const isWrong = (text: string) => {
    const { wrong } = pairsIn(text);
    return wrong === undefined ? undefined : vscode.l10n.t('Not of the form name=value: {0}', wrong);
  };
  const text = chosen(
    await vscode.window.showInputBox({ title: vscode.l10n.t('Create Volume'), prompt, validateInput: isWrong }),
  );
  const { pairs }: Pairs = pairsIn(text);
  return pairs;
}

async function askText(
  prompt: string,
  example: string,
  problem: (text: string) => string | undefined,
): Promise<string> {
  const text = await vscode.window.showInputBox({
    title: vscode.l10n.t('Create Volume'),
    prompt,
    placeHolder: example,
    validateInput: (typed) => (problem(typed.trim()) === undefined ? undefined : vscode.l10n.t('As in: {0}', example)),
  });
  return chosen(text).trim();
}

function isAbsolute(text: string): string | undefined {
  return text.startsWith('/') ? undefined : text;
}

/** A comma would begin another mount option. */
function isAddress(text: string): string | undefined {
  return /^[^\s,]+$/.test(text) ? undefined : text;
}
