/** An operation that takes longer than expected takes nobody knows how long; a time that never gets less is a lie. */
const overdueMs = 1;

/**
 * How many milliseconds an operation will still take; undefined when nothing tells. This is the one place that says it.
 * `expectedMs`: by the history. `flowMs`: of the running phase, by the rate at which its bytes flow; that is nearer the truth, but
 * says nothing of what comes after the phase.
 */
export function remainingMs(
  elapsedMs: number,
  { expectedMs, flowMs }: { expectedMs?: number | undefined; flowMs?: number | undefined },
): number | undefined {
  const ofHistory = expectedMs === undefined ? 0 : expectedMs - elapsedMs;
  if (ofHistory < overdueMs) return flowMs;
  return Math.max(ofHistory, flowMs ?? 0);
}
