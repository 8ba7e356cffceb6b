import * as vscode from 'vscode';
import type { SnapshotEntry } from '../../core/snapshotEntry';
import { format } from '../../ui/words';

/** Where snapshots that were taken together are less than one may take them for, in sentences. */
export function reservations(entries: readonly SnapshotEntry[]): string[] {
  const live = entries.filter(({ consistency, users }) => consistency === 'live' && users.length > 0).map(nameOf);
  const onlyPaused = entries.filter(({ asked }) => asked === 'application').map(nameOf);
  return [
    ...(live.length > 0
      ? [vscode.l10n.t('Not frozen, so that files may be of different moments: {0}.', format.list(live))]
      : []),
    ...(onlyPaused.length > 0
      ? [
          vscode.l10n.t(
            'Containers of {0} were only paused: they have no labels with commands, and no database that is known.',
            format.list(onlyPaused),
          ),
        ]
      : []),
  ];
}

function nameOf({ volume }: SnapshotEntry): string {
  return volume.name;
}
