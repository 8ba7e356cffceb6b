import * as vscode from 'vscode';
import type { DestinationConfig, Keep } from '../../core/backup/destinationConfig';
import { formatKeepRules, keepRules, parseKeepRules, type KeepRules, type Reason } from '../../core/backup/keepRules';
import { planTidying, tidyDestination, type FoundBackup, type Tidying } from '../../core/operations';
import { chosen, signalOf } from '../../ui/cancellation';
import { confirm } from '../../ui/confirm';
import { forNotification, forQuickPick } from '../../ui/plainText';
import { format } from '../../ui/words';
import type { Backups } from './backUp';

const reasonWords: Record<Reason, string> = {
  newest: vscode.l10n.t('the newest'),
  last: vscode.l10n.t('among the last'),
  hourly: vscode.l10n.t('last of its hour'),
  daily: vscode.l10n.t('last of its day'),
  weekly: vscode.l10n.t('last of its week'),
  monthly: vscode.l10n.t('last of its month'),
  yearly: vscode.l10n.t('last of its year'),
  needed: vscode.l10n.t('others build on it'),
  broken: vscode.l10n.t('not whole, and counts as none: look at it'),
  unclear: vscode.l10n.t('its volume’s name is too long to be sure of'),
};

/** Asks which backups of each volume are to stay, shows what would go, and removes that once it is agreed to. */
export async function tidy(
  config: DestinationConfig,
  { destinations, tree }: Pick<Backups, 'destinations' | 'tree'>,
): Promise<void> {
  const rules = await askRules(config);
  const destination = await destinations.open(config);
  const plan = await withProgress(vscode.l10n.t('Listing {0}', config.name), (signal) =>
    planTidying(destination, rules, signal),
  );
  const { automatic } = await askWhatToDo(config, rules, plan);
  const keep: Keep = { ...rules, ...(automatic && { automatic }) };
  if (plan.go.length > 0) {
    await confirm(
      vscode.l10n.t('Delete {0} from “{1}”?', backupCount(plan.go.length), config.name),
      [
        vscode.l10n.t('Kept of each volume: {0}.', formatKeepRules(rules)),
        ...(automatic ? [vscode.l10n.t('The same is done after every backup of a volume to it, without asking.')] : []),
        vscode.l10n.t('This cannot be undone. Snapshots and volumes are not touched.'),
      ],
      vscode.l10n.t('Delete'),
    );
  }
  await destinations.setKeep(config.name, keep);
  let removed = 0;
  try {
    await withProgress(vscode.l10n.t('Deleting backups from {0}', config.name), (signal, report) =>
      tidyDestination(destination, { rules, agreed: plan.go }, signal, ({ file }) => {
        removed++;
        report(file.name);
      }),
    );
  } finally {
    tree.refresh(config.name);
  }
  if (removed > 0)
    void vscode.window.showInformationMessage(
      forNotification(vscode.l10n.t('{0} deleted from {1}.', backupCount(removed), config.name)),
    );
}

/**
 * What a destination no longer keeps of a volume goes after a backup of it, where somebody has agreed to that. Nobody waits for
 * it; what went, and a failure, are in the log.
 */
export async function tidyAfterBackup(
  { name, keep }: DestinationConfig,
  volume: string,
  { destinations, tree, log }: Pick<Backups, 'destinations' | 'tree' | 'log'>,
): Promise<void> {
  const config = destinations.list().find((each) => each.name === name);
  if (!config || !keep?.automatic) return;
  const { automatic: _, ...rules } = keep;
  try {
    const destination = await destinations.open(config);
    const signal = new AbortController().signal;
    const { go } = await planTidying(destination, rules, signal, volume);
    if (go.length === 0) return;
    await tidyDestination(destination, { rules, agreed: go }, signal, ({ file }) => {
      log.info(`removed the backup ${file.name} from ${name}: kept are ${formatKeepRules(rules)}`);
    });
    tree.refresh(name);
  } catch (error) {
    log.warn('retention of backups', String(error));
  }
}

const suggestions: readonly KeepRules[] = [
  { daily: 7, weekly: 4, monthly: 12 },
  { last: 10 },
  { last: 3, daily: 14, weekly: 8, monthly: 24, yearly: 10 },
];

async function askRules({ name, keep }: DestinationConfig): Promise<KeepRules> {
  const { automatic: _, ...now } = keep ?? {};
  const hasRules = Object.keys(now).length > 0;
  const others = suggestions.filter((rules) => formatKeepRules(rules) !== formatKeepRules(now));
  const items: (vscode.QuickPickItem & { rules?: KeepRules })[] = [
    ...(hasRules ? [{ label: formatKeepRules(now), description: vscode.l10n.t('as it is set'), rules: now }] : []),
    ...others.map((rules) => ({ label: formatKeepRules(rules), rules })),
    { label: vscode.l10n.t('$(edit) Other…') },
  ];
  const placeHolder = vscode.l10n.t('Which backups of each volume does “{0}” keep? Nothing is deleted yet.', name);
  const { rules } = chosen(await vscode.window.showQuickPick(items, { placeHolder: forQuickPick(placeHolder) }));
  if (rules) return rules;
  const text = await vscode.window.showInputBox({
    title: vscode.l10n.t('Backups to Keep of Each Volume'),
    prompt: vscode.l10n.t(
      'Any of {0}, each with a number: of the last so many days, weeks … the newest.',
      keepRules.join(', '),
    ),
    value: formatKeepRules(hasRules ? now : suggestions[0]!),
    validateInput: (said) =>
      parseKeepRules(said) ? undefined : vscode.l10n.t('Write it like: {0}', formatKeepRules(suggestions[0]!)),
  });
  return parseKeepRules(chosen(text))!;
}

/** The dry run: what would go, and why the rest stays. */
async function askWhatToDo(
  config: DestinationConfig,
  rules: KeepRules,
  { go, stay }: Tidying,
): Promise<{ automatic: boolean }> {
  const bytes = go.reduce((sum, { file }) => sum + file.bytes, 0);
  const now = vscode.l10n.t('Delete {0} ({1})…', backupCount(go.length), format.bytes(bytes));
  const nothing = vscode.l10n.t('Nothing to delete: keep these rules');
  const separator = (label: string) => ({ label, kind: vscode.QuickPickItemKind.Separator });
  const items: (vscode.QuickPickItem & { automatic?: boolean })[] = [
    { label: go.length > 0 ? `$(trash) ${now}` : `$(check) ${nothing}`, automatic: false },
    {
      label: vscode.l10n.t('$(sync) The same, and after every backup from now on'),
      automatic: true,
    },
    ...(go.length > 0 ? [separator(vscode.l10n.t('Would be deleted')), ...go.map((each) => row(each, 'trash'))] : []),
    separator(vscode.l10n.t('Would stay')),
    ...stay.map((each) =>
      row(
        each,
        'archive',
        each.because.map((reason) => reasonWords[reason]),
      ),
    ),
  ];
  const title = vscode.l10n.t('Backups at {0}: keep {1}', forQuickPick(config.name), formatKeepRules(rules));
  const placeHolder = vscode.l10n.t('Nothing is deleted yet');
  for (;;) {
    const options = { title, placeHolder, matchOnDescription: true };
    const { automatic } = chosen(await vscode.window.showQuickPick(items, options));
    // A row of the list only tells.
    if (automatic !== undefined) return { automatic };
  }
}

function backupCount(backups: number): string {
  return backups === 1 ? vscode.l10n.t('1 backup') : vscode.l10n.t('{0} backups', format.count(backups));
}

function row({ volume, time, file }: FoundBackup, icon: string, reasons: readonly string[] = []): vscode.QuickPickItem {
  return {
    label: `$(${icon}) ${forQuickPick(volume)}`,
    description: [format.time(time), format.bytes(file.bytes), ...reasons].join(' · '),
  };
}

function withProgress<T>(
  title: string,
  work: (signal: AbortSignal, report: (message: string) => void) => Promise<T>,
): Thenable<T> {
  const location = vscode.ProgressLocation.Notification;
  return vscode.window.withProgress({ location, title: forNotification(title), cancellable: true }, (progress, token) =>
    work(signalOf(token), (message) => progress.report({ message: forNotification(message) })),
  );
}
