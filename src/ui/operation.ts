import * as vscode from 'vscode';
import {
  causeOfLoss,
  isRefusal,
  whenFree,
  type Host,
  type Run,
  type RunProgress,
  type Warning,
} from '../core/operations';
import { isFailure } from '../core/failure';
import type { TooLittle } from '../core/timings/model/costModel';
import { forecast, isForecast, type Forecast, type Undertaking } from '../core/timings/model/forecast';
import { slowDown, type SlowDown } from '../core/timings/model/slowDown';
import { TimeLeft } from '../core/timings/model/timeLeft';
import type { OperationKind, TimingRecord } from '../core/timings/record';
import type { TimingStore } from '../core/timings/timingStore';
import { recordOperation, type Recording } from '../core/timings/recorder';
import type { Button } from './button';
import { signalOf } from './cancellation';
import { showCompletion, type Completion } from './completion';
import { isWorthAMessage, overdueWords, slowDownWords } from './expectationWords';
import { OperationStatus } from './operationStatus';
import { forNotification } from './plainText';
import { presentError } from './presentError';
import { format, progressWords } from './words';

export interface Operation<T> {
  kind: OperationKind;
  volume: string;
  /** What is being done, for the progress and for errors: "Snapshot of db". */
  title: string;
  /** Where a backup goes, or comes from. */
  destination?: TimingRecord['destination'];
  /** What there is to do, as far as it is known before. */
  ahead?: Undertaking['work'];
  work(host: Host, run: Run): Promise<T>;
  /** What is said when it is done; nothing when left out. */
  completion?(result: T, record: TimingRecord): Completion;
  /** What is done about an error instead of only saying it, such as a question. */
  instead?(error: unknown): (() => Promise<void>) | undefined;
  /** The engine that it is done on, when that is not the one that is shown. */
  lend?(signal: AbortSignal): Promise<HostLease>;
  /** Waits for an operation that holds the volume, instead of being refused. */
  waits?: boolean;
}

/** What an operation works with, until it is disposed. */
export interface HostLease extends Disposable {
  host: Host;
}

/** Runs operations: each with progress, cancel, a timing record, and words for its end. Nothing else starts one, but for recovery. */
export class Operations implements vscode.Disposable {
  private readonly ended = new vscode.EventEmitter<TimingRecord>();
  /** After every operation, whatever its outcome. */
  readonly onDidEnd = this.ended.event;
  private readonly status = new OperationStatus();

  constructor(
    private readonly lendHost: (signal: AbortSignal) => Promise<HostLease>,
    private readonly history: Pick<TimingStore, 'append' | 'readAll'>,
    private readonly log: vscode.LogOutputChannel,
  ) {}

  /** Resolves with the result, or with undefined when the operation failed or was cancelled, which has then been said. */
  async run<T>(operation: Operation<T>): Promise<T | undefined> {
    const warnings: Warning[] = [];
    try {
      const { result, record, slow } = await vscode.window.withProgress(
        { location: vscode.ProgressLocation.Notification, title: forNotification(operation.title), cancellable: true },
        async (progress, token) => {
          using status = this.status.begin(operation.title);
          const onProgress = (at: RunProgress): void => {
            const message = forNotification(progressWords(at));
            progress.report({ message });
            status.report(message, at.overdueMs === undefined ? undefined : overdueWords(at.phase, at.overdueMs));
          };
          return await this.record(operation, token, { onProgress, onWarning: (warning) => warnings.push(warning) });
        },
      );
      const completion = operation.completion?.(result, record);
      const text = [completion?.text ?? '', ...(slow && isWorthAMessage(slow) ? [slowDownWords(slow)] : [])]
        .filter(Boolean)
        .join(' ');
      if (completion ?? warnings.length > 0) this.tell({ ...completion, text, warnings });
      return result;
    } catch (error) {
      const present = (problem: unknown) =>
        presentError(problem, this.log, operation.title, this.waitButton(operation, problem));
      const instead = operation.instead?.(error);
      if (instead) await instead().catch(present);
      else present(error);
      if (warnings.length > 0) this.tell({ text: '', warnings });
      return undefined;
    }
  }

  /** For what nobody asked for: seen in the status bar only, and its failure in the log only. */
  async runInBackground<T>(operation: Operation<T>): Promise<T | undefined> {
    const location = vscode.ProgressLocation.Window;
    try {
      const { result } = await vscode.window.withProgress({ location, title: operation.title }, (progress, token) =>
        this.record(operation, token, {
          onProgress: (at) => progress.report({ message: forNotification(progressWords(at)) }),
          onWarning: (warning) =>
            this.log.warn(
              operation.title,
              isFailure(warning) ? warning.message : `${warning.container} ${warning.why}`,
            ),
        }),
      );
      return result;
    } catch (error) {
      this.log.warn(operation.title, String(error));
      return undefined;
    }
  }

  /** How long an operation will take, for a question before it. */
  async estimate(about: Undertaking): Promise<Forecast | TooLittle> {
    return forecast(await this.newestFirst(), about);
  }

  /** Says how something ended, without waiting for an answer. */
  tell(completion: Completion): void {
    showCompletion(completion, this.log);
  }

  /** Writes down how an operation went, and tells who wants to know that it has ended. */
  async keep(record: TimingRecord): Promise<void> {
    const phases = record.phases
      .map(({ name, part, ms }) => `${part ? `${part} ` : ''}${name} ${format.duration(ms)}`)
      .join(', ');
    this.log.info(
      `${record.kind} ${record.volume}: ${record.outcome} in ${format.duration(record.totalMs)} (${phases})`,
    );
    // A history that cannot be written must not turn a good snapshot into a failed one.
    await this.history.append(record).catch((error: unknown) => this.log.error('timing record', String(error)));
    this.ended.fire(record);
  }

  /** Refused is the default: what was asked for may not be wanted any more once the other operation has ended. */
  private waitButton<T>(operation: Operation<T>, error: unknown): Button[] {
    if (!isRefusal(error)) return [];
    return [{ title: vscode.l10n.t('Wait'), run: () => this.run({ ...operation, waits: true }) }];
  }

  private async record<T>(
    operation: Operation<T>,
    token: vscode.CancellationToken,
    listener: { onProgress: (progress: RunProgress) => void; onWarning: (warning: Warning) => void },
  ): Promise<{ result: T; record: TimingRecord; slow: SlowDown | undefined }> {
    const signal = signalOf(token);
    const history = this.newestFirst();
    const { kind, volume, destination, ahead: work } = operation;
    let record: TimingRecord | undefined;
    let slow: SlowDown | undefined;
    const save = async (finished: TimingRecord): Promise<void> => {
      record = finished;
      await this.keep(finished);
      slow = slowDown(finished, await history);
      if (slow) this.log.warn(operation.title, slowDownWords(slow));
      this.status.summarize(operation.title, finished, slow);
    };
    const timeLeft = new TimeLeft(listener.onProgress);
    using _ = everySecond(() => timeLeft.again());
    const onProgress = (progress: RunProgress) => timeLeft.report(progress);
    const about = { kind, volume, engine: '', ...(destination && { destination }) };
    const recording: Recording = { ...about, signal, ...listener, onProgress, save };
    onProgress({ phase: 'connect', files: 0, bytes: 0 });
    const result = await recordOperation(recording, async (run) => {
      // A connection that takes long, or fails, is part of what people wait for.
      using lease = await (operation.lend ?? this.lendHost)(signal);
      const { host } = lease;
      const engine = (recording.engine = host.engine.name);
      const expected = forecast(await history, { kind, volume, engine, destination: destination?.name, work });
      recording.expectedMs = timeLeft.expectedMs = isForecast(expected) ? expected.ms : undefined;
      onProgress({ phase: 'connect', files: 0, bytes: 0 });
      const toDo = () => operation.work(host, run);
      try {
        return await (operation.waits ? whenFree(host.engine, run, toDo) : toDo());
      } catch (error) {
        throw await causeOfLoss(host.engine, error);
      }
    });
    return { result, record: record!, slow };
  }

  /** A history that cannot be read says nothing, and stops nothing. */
  private async newestFirst(): Promise<TimingRecord[]> {
    return (await this.history.readAll().catch(() => [])).reverse();
  }

  dispose(): void {
    this.ended.dispose();
    this.status.dispose();
  }
}

function everySecond(work: () => void): Disposable {
  const timer = setInterval(work, 1_000);
  return { [Symbol.dispose]: () => clearInterval(timer) };
}
