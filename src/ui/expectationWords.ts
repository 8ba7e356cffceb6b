import * as vscode from 'vscode';
import { isForecast, type Forecast } from '../core/timings/model/forecast';
import type { TooLittle } from '../core/timings/model/costModel';
import type { SlowDown } from '../core/timings/model/slowDown';
import { format, phaseWords } from './words';

/** For a question before an operation; nothing is said where too little is known. */
export function estimateWords(answer: Forecast | TooLittle): string[] {
  return isForecast(answer) ? [vscode.l10n.t('It takes about {0}.', format.duration(answer.ms))] : [];
}

/** Less than that late is for the log and the status bar: nobody has to be told in a message. */
const worthAMessageMs = 5_000;

export function isWorthAMessage({ expectedMs, totalMs }: SlowDown): boolean {
  return totalMs - expectedMs >= worthAMessageMs;
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
