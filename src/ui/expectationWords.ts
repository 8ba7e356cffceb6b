import * as vscode from 'vscode';
import { isForecast, type Forecast } from '../core/timings/model/forecast';
import type { TooLittle } from '../core/timings/model/costModel';
import type { SlowDown } from '../core/timings/model/slowDown';
import type { PhaseName } from '../core/timings/record';
import { format, phaseWords } from './words';

/** For a question before an operation; nothing is said where too little is known. */
export function estimateWords(answer: Forecast | TooLittle): string[] {
  if (!isForecast(answer)) return [];
  const [time, error] = [format.duration(answer.ms), format.duration(answer.plusMinusMs)];
  return [
    error === format.duration(0)
      ? vscode.l10n.t('It takes about {0}.', time)
      : vscode.l10n.t('It takes about {0} (± {1}).', time, error),
  ];
}

/** Less than that late is for the log and the status bar: nobody has to be told in a message. */
const worthAMessageMs = 5_000;

export function isWorthAMessage({ expectedMs, totalMs }: SlowDown): boolean {
  return totalMs - expectedMs >= worthAMessageMs;
}

/** For the status bar, while it runs. */
export function overdueWords(phase: PhaseName, expectedMs: number): string {
  return vscode.l10n.t('“{0}”, over twice the expected {1}', phaseWords[phase], format.duration(expectedMs));
}

export function slowDownWords({ expectedMs, phase, phaseMs, usualMs }: SlowDown): string {
  if (usualMs === undefined) {
    return vscode.l10n.t(
      'That was over twice the expected {0}: “{1}” took {2}.',
      format.duration(expectedMs),
      phaseWords[phase],
      format.duration(phaseMs),
    );
  }
  return vscode.l10n.t(
    'That was over twice the expected {0}: “{1}” took {2}, where it usually takes {3}.',
    format.duration(expectedMs),
    phaseWords[phase],
    format.duration(phaseMs),
    format.duration(usualMs),
  );
}
