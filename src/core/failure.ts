import type { PhaseName } from './timings/record';

/**
 * The failures that we know and can explain. Each has one message and one action in `src/ui/failureMessages.ts`;
 * anything that is not a `Failure` is a bug and is logged with its stack.
 */
export type FailureCode =
  | 'engineNotFound'
  | 'enginePermissionDenied'
  | 'engineNotAnswering'
  | 'engineWindowsContainers'
  | 'engineLost'
  | 'engineError'
  | 'volumeNotFound'
  | 'volumeRecreated'
  | 'volumeExists'
  | 'volumeNotMountable'
  | 'volumeBusy'
  | 'freezeBusy'
  | 'freezeOverBudget'
  | 'freezeUndone'
  | 'containerCannotPause'
  | 'containerWouldBeRemoved'
  | 'containerIsOurs'
  | 'containerNotStarted'
  | 'agentImageMissing'
  | 'agentLost'
  | 'agentFailed'
  | 'storeFull'
  | 'volumeFull'
  | 'snapshotNotFound'
  | 'snapshotDamaged'
  | 'restorePending'
  | 'restoreIncomplete'
  | 'volumeChangedDuringRestore';

export type FailureDetails = Record<string, string | number>;

export class Failure extends Error {
  /** The phase that failed; filled in by the operation that ran it. */
  step?: PhaseName;

  constructor(
    readonly code: FailureCode,
    readonly details: FailureDetails = {},
    options?: ErrorOptions,
  ) {
    super(`${code} ${JSON.stringify(details)}`, options);
    this.name = 'Failure';
  }
}

/** Thrown when the user cancelled; shown as nothing. */
export class Cancelled extends Error {
  constructor() {
    super('cancelled');
    this.name = 'Cancelled';
  }
}

export function throwIfCancelled(signal: AbortSignal): void {
  if (signal.aborted) throw new Cancelled();
}
