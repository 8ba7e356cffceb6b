import type { AgentSession } from '../agentClient/session';
import type { PassResult } from '../agentProtocol';
import type { Volume } from '../engine';
import { ask } from './ask';
import type { Run } from './run';

/** A pass that copied for longer than this leaves much that changed meanwhile; another one leaves less. */
const longCopyMs = 300;
/** Each has to be this much shorter than the one before, or an app writes as fast as we copy. */
const shrinking = 0.7;
const most = 5;

/** The passes of a volume while its app runs: one and, when it is to be frozen, further ones until little is left. */
export async function runningPasses(
  { helper, volume }: { helper: AgentSession; volume: Volume },
  willFreeze: boolean,
  run: Run,
): Promise<PassResult[]> {
  const passes: PassResult[] = [await ask(helper, 'snapshot.begin', { volume }, run)];
  while (willFreeze && isWorthAnother(passes)) passes.push(await ask(helper, 'snapshot.catchUp', {}, run));
  return passes;
}

export function isWorthAnother(passes: readonly PassResult[]): boolean {
  const [before, last] = [passes.at(-2), passes.at(-1)!];
  if (passes.length >= most || copyMs(last) < longCopyMs) return false;
  return !before || copyMs(last) < copyMs(before) * shrinking;
}

/**
 * How long the last pass will take, in milliseconds: a scan, and the copy of what changes in the time of the pass before
 * it. Of one pass only nothing is known of the second part.
 */
export function estimatedMs(passes: readonly PassResult[]): number {
  const [before, last] = [passes.at(-2), passes.at(-1)!];
  return last.scanMs + (before ? (copyMs(last) * last.totalMs) / before.totalMs : 0);
}

function copyMs({ totalMs, scanMs }: PassResult): number {
  return totalMs - scanMs;
}
