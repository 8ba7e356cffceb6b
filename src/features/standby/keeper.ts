import type * as vscode from 'vscode';
import { isFailure } from '../../core/failure';
import { isDue, type Standby } from '../../core/standby/standby';
import { presentError } from '../../ui/presentError';
import { settings } from '../../ui/settings';
import type { Standbys } from './standbys';
import { updateOf } from './update';

const lookMs = 30_000;

/**
 * Keeps standbys up to date while VS Code is open. Of several windows, the first one takes the locks of the volumes, and the
 * others find that it is done. Nobody asked for it, so only what people have to decide about is said, and once.
 */
export class Keeper implements vscode.Disposable {
  private readonly timer: NodeJS.Timeout;
  /** When this window has last tried, by the id of the pair. */
  private readonly tried = new Map<string, number>();
  private readonly told = new Map<string, string>();
  private looking: Promise<void> | undefined;

  constructor(
    private readonly standbys: Standbys,
    private readonly log: vscode.LogOutputChannel,
    everyMs = lookMs,
  ) {
    this.timer = setInterval(() => void this.look(), everyMs);
  }

  dispose(): void {
    clearInterval(this.timer);
  }

  /** Updates what is due; never twice at a time. */
  look(): Promise<void> {
    return (this.looking ??= this.updateDue().finally(() => (this.looking = undefined)));
  }

  private async updateDue(): Promise<void> {
    const { state } = this.standbys.connection;
    if (state.kind !== 'connected') return;
    const everyMinutes = settings.standbyEveryMinutes();
    for (const standby of await this.standbys.store.readAll()) {
      if (standby.here.engine.id !== state.engine.id || !isDue(standby, everyMinutes, new Date())) continue;
      const tried = this.tried.get(standby.id) ?? -Infinity;
      if (performance.now() - tried < everyMinutes * 60_000) continue;
      this.tried.set(standby.id, performance.now());
      await this.update(standby);
    }
  }

  private async update(standby: Standby): Promise<void> {
    const operation = updateOf(standby, this.standbys);
    const updated = await this.standbys.operations.runInBackground({
      ...operation,
      work: async (host, run) => {
        try {
          return await operation.work(host, run);
        } catch (error) {
          this.tellOnce(standby, operation.title, error);
          throw error;
        }
      },
    });
    if (updated) this.told.delete(standby.id);
  }

  private tellOnce({ id }: Standby, title: string, error: unknown): void {
    if (!isFailure(error, 'standbyInUse', 'syncHalted', 'primaryIsBack', 'engineIsAnother')) return;
    if (this.told.get(id) === error.message) return;
    this.told.set(id, error.message);
    presentError(error, this.log, title);
  }
}
