import * as vscode from 'vscode';
import type { SlowDown } from '../core/timings/model/slowDown';
import type { TimingRecord } from '../core/timings/record';
import { slowDownWords } from './expectationWords';
import { forNotification } from './plainText';
import { format, phaseWords } from './words';

/** How long it can be read how an operation ended. */
const summaryMs = 10_000;

interface Running {
  title: string;
  words: string;
  /** That it takes too long. */
  overdue?: string | undefined;
}

/** An item in the status bar while operations run, and for a moment after the last one: how long it took. A click opens the timings. */
export class OperationStatus implements vscode.Disposable {
  private readonly item = vscode.window.createStatusBarItem(
    'dockerVolumes.operation',
    vscode.StatusBarAlignment.Left,
    0,
  );
  private readonly running: Running[] = [];
  private hiding: NodeJS.Timeout | undefined;

  constructor() {
    this.item.name = vscode.l10n.t('Docker Volumes: Operation');
    this.item.command = 'dockerVolumes.showTimings';
  }

  /** Shown until it is disposed. */
  begin(title: string): Disposable & { report(words: string, overdue?: string): void } {
    const running: Running = { title, words: '' };
    this.running.push(running);
    this.show();
    return {
      report: (words, overdue) => {
        Object.assign(running, { words, overdue });
        this.show();
      },
      [Symbol.dispose]: () => {
        this.running.splice(this.running.indexOf(running), 1);
        if (this.running.length > 0) this.show();
        else if (this.hiding === undefined) this.item.hide();
      },
    };
  }

  /** What one took; of one that was cancelled nobody has to be told. */
  summarize(title: string, record: TimingRecord, slow: SlowDown | undefined): void {
    if (record.outcome === 'cancelled') return;
    const icon = record.outcome !== 'done' ? '$(error)' : slow ? '$(warning)' : '$(check)';
    const more = [...(slow ? [slowDownWords(slow)] : []), summaryWords(record)].join(' · ');
    this.set(`${icon} ${forStatusBar(title)}: ${format.duration(record.totalMs)}`, more);
    clearTimeout(this.hiding);
    this.hiding = setTimeout(() => {
      this.hiding = undefined;
      if (this.running.length === 0) this.item.hide();
    }, summaryMs);
  }

  dispose(): void {
    clearTimeout(this.hiding);
    this.item.dispose();
  }

  private show(): void {
    const { title, words, overdue } = this.running.at(-1)!;
    const others = this.running.length > 1 ? ` (+${this.running.length - 1})` : '';
    const [icon, late] = overdue === undefined ? ['sync~spin', ''] : ['warning', `: ${overdue}`];
    const more = [title, words, overdue ?? ''].filter(Boolean).join(' · ');
    this.set(`$(${icon}) ${forStatusBar(title)}${others}${late}`, more);
  }

  private set(text: string, tooltip: string): void {
    this.item.text = text;
    this.item.tooltip = forNotification(tooltip);
    this.item.show();
  }
}

/** Where the time went: the three longest phases. */
function summaryWords({ phases }: TimingRecord): string {
  const longest = [...phases].sort((a, b) => b.ms - a.ms).slice(0, 3);
  return longest.map(({ name, ms }) => `${phaseWords[name]} ${format.duration(ms)}`).join(' · ');
}

/** No name is an icon. */
function forStatusBar(text: string): string {
  return text.replaceAll('$(', '$\u2060(');
}
