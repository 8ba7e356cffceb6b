import type * as vscode from 'vscode';
import { isFailure, Failure } from '../../core/failure';
import type { TimingRecord } from '../../core/timings/record';
import type { EngineChoice } from '../../engine';
import type { HostLease } from '../../ui/operation';
import { connectTo } from './connect';
import { hostOf } from './host';
import { recoverAndTell } from './recovery';

/** Engines beside the one that is shown: each is connected to for one operation. */
export class OtherEngines {
  constructor(
    private readonly context: vscode.ExtensionContext,
    private readonly log: vscode.LogOutputChannel,
    private readonly keep: (record: TimingRecord) => Promise<void>,
  ) {}

  /** What a dead owner left there is put right first. Rejects with onOtherEngine when there is no connection. */
  async lend(choice: EngineChoice, signal: AbortSignal): Promise<HostLease> {
    try {
      const engine = await connectTo(choice, this.context, this.log, signal);
      await recoverAndTell(engine, this.log, this.keep);
      return { host: hostOf(engine, this.log), [Symbol.dispose]: () => engine.dispose() };
    } catch (cause) {
      if (!isFailure(cause)) throw cause;
      throw new Failure('onOtherEngine', { engine: labelOf(choice), code: cause.code }, { cause });
    }
  }
}

/** What people call it. */
export function labelOf(choice: EngineChoice): string {
  return 'context' in choice ? choice.context : choice.address;
}
