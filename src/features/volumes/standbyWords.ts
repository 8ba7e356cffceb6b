import * as vscode from 'vscode';
import type { Standby } from '../../core/standby/standby';

/** Of a standby in few words, for its volume's row. */
export function standbyWords({ active, there, last }: Standby, age: (time: Date) => string): string {
  const { name } = there.engine;
  if (!last) return vscode.l10n.t('standby on {0}, never updated', name);
  const when = age(new Date(last.time));
  return active === 'here'
    ? vscode.l10n.t('standby on {0}, as of {1}', name, when)
    : vscode.l10n.t('standby of {0}, as of {1}', name, when);
}
