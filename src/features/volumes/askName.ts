import * as vscode from 'vscode';
import { chosen } from '../../ui/cancellation';
import { suggestedName, volumeNameProblem } from '../snapshots/volumeName';
import type { Targets } from './targets';

export interface NameQuestion {
  title: string;
  /** Is suggested where it is free, else with a number. */
  name: string;
  /** Seen while the name is typed. */
  hint?: (name: string) => string | undefined;
}

/** A name for a new volume, that is free. */
export async function askName({ title, name, hint }: NameQuestion, targets: Targets): Promise<string> {
  const taken = (await targets.nodes()).flatMap((node) => (node.kind === 'volume' ? [node.volume.name] : []));
  return chosen(
    await vscode.window.showInputBox({
      title,
      prompt: vscode.l10n.t('Name of the new volume'),
      value: name === '' ? '' : suggestedName(name, taken),
      validateInput: (text) => problemWords(text, taken) ?? asHint(hint?.(text)),
    }),
  );
}

function asHint(message: string | undefined): vscode.InputBoxValidationMessage | undefined {
  return message ? { message, severity: vscode.InputBoxValidationSeverity.Info } : undefined;
}

function problemWords(name: string, taken: readonly string[]): string | undefined {
  switch (volumeNameProblem(name, taken)) {
    case 'malformed':
      return vscode.l10n.t(
        'Use letters, digits, “_”, “.” and “-”, at least two of them, beginning with a letter or digit.',
      );
    case 'taken':
      return vscode.l10n.t('There is already a volume of this name.');
    case undefined:
      return undefined;
  }
}
