import * as vscode from 'vscode';
import { pruneSafety } from '../../core/operations';
import { volumesToPrune } from '../../core/retention';
import type { OperationKind } from '../../core/timings/record';
import type { Operations } from '../../ui/operation';
import { settings } from '../../ui/settings';
import { format } from '../../ui/words';
import type { EngineConnection } from '../connection/engineConnection';
import type { LiveEngine } from '../connection/liveEngine';

/** Not at once: who has just restored something may want to undo it, and would find the volume locked. */
const delayMs = 60_000;
const dayMs = 86_400_000;
/** What leaves snapshots that nobody asked for. */
const leaving: ReadonlySet<OperationKind> = new Set([
  'restore',
  'clone',
  'sync',
  'previewSync',
  'empty',
  'rename',
  'persist',
]);

/**
 * Removes safety snapshots that are no longer to be kept: some time after each connection and each restore, at most once a
 * day of a volume. Nobody asked for it, so that nothing is said of it but in the log, and nothing else fails with it.
 */
export class Retention implements vscode.Disposable {
  private timer: NodeJS.Timeout | undefined;
  private readonly looked = new Map<string, number>();
  private readonly subscriptions: vscode.Disposable[];

  constructor(
    private readonly connection: Pick<EngineConnection, 'state' | 'onDidChange'>,
    private readonly operations: Pick<Operations, 'onDidEnd' | 'runInBackground'>,
    private readonly log: vscode.LogOutputChannel,
    private readonly delay = delayMs,
  ) {
    this.subscriptions = [
      connection.onDidChange(({ kind }) => kind === 'connected' && this.soon()),
      operations.onDidEnd(({ kind }) => leaving.has(kind) && this.soon()),
    ];
  }

  dispose(): void {
    clearTimeout(this.timer);
    vscode.Disposable.from(...this.subscriptions).dispose();
  }

  private soon(): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => void this.look(), this.delay);
  }

  private async look(): Promise<void> {
    const { state } = this.connection;
    if (state.kind !== 'connected') return;
    try {
      for (const volume of await this.due(state.engine)) await this.prune(volume);
    } catch (error) {
      this.log.warn('retention', String(error));
    }
  }

  private async due(engine: LiveEngine): Promise<string[]> {
    const { snapshots } = await engine.readCatalog(new AbortController().signal);
    return volumesToPrune(snapshots, settings.retention(), new Date()).filter((volume) => {
      const key = `${engine.id}/${volume}`;
      const last = this.looked.get(key);
      if (last !== undefined && performance.now() - last < dayMs) return false;
      this.looked.set(key, performance.now());
      return true;
    });
  }

  private async prune(volume: string): Promise<void> {
    const pruned = await this.operations.runInBackground({
      kind: 'retention',
      volume,
      title: vscode.l10n.t('Removing old safety snapshots of {0}', volume),
      work: (host, run) => pruneSafety(host, { volume, policy: settings.retention() }, run),
    });
    for (const { time, id, addedBytes } of pruned ?? []) {
      this.log.info(`removed the safety snapshot ${id} of ${volume}, taken ${time}, ${format.bytes(addedBytes)}`);
    }
  }
}
