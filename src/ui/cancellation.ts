import type * as vscode from 'vscode';
import { Cancelled } from '../core/failure';

/** VS Code's cancellation token as the signal that the core works with. */
export function signalOf(token: vscode.CancellationToken): AbortSignal {
  const controller = new AbortController();
  if (token.isCancellationRequested) controller.abort();
  // The subscription ends with the token, which lives as long as the progress it belongs to.
  token.onCancellationRequested(() => controller.abort());
  return controller.signal;
}

/** Waits for what cannot be cancelled itself, no longer than the signal allows. */
export async function unlessCancelled<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  if (signal.aborted) throw new Cancelled();
  let onAbort = (): void => undefined;
  const aborted = new Promise<never>((_, reject) => {
    onAbort = () => reject(new Cancelled());
    signal.addEventListener('abort', onAbort, { once: true });
  });
  try {
    return await Promise.race([promise, aborted]);
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
}

/** What the user did not answer is a cancel, and a cancel is shown as nothing. */
export function chosen<T>(answer: T | undefined): T {
  if (answer === undefined) throw new Cancelled();
  return answer;
}
