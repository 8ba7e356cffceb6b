import { median } from '../figures/quantiles';
import type { PhaseName, TimingRecord } from '../record';
import { ownMs } from './costModel';

/** An operation that took more than twice what was expected, and the phase that did it. */
export interface SlowDown {
  expectedMs: number;
  totalMs: number;
  phase: PhaseName;
  phaseMs: number;
  /** What the phase usually takes there. */
  usualMs: number;
}

const factor = 2;
/** Less is not worth a word. */
const leastMs = 1_000;

/** `before`: the history that it was expected by, newest first. */
export function slowDown(record: TimingRecord, before: readonly TimingRecord[]): SlowDown | undefined {
  const { expectedMs, outcome } = record;
  if (outcome !== 'done' || expectedMs === undefined) return undefined;
  const ms = ownMs(record);
  if (ms <= factor * expectedMs || ms - expectedMs < leastMs) return undefined;
  const alike = before
    .filter(({ kind, volume, engine, ...each }) => {
      return kind === record.kind && volume === record.volume && engine === record.engine && each.outcome === 'done';
    })
    .slice(0, 20);
  const phases = [...timesOfPhases(record)]
    .filter(([name]) => name !== 'wait' && name !== 'pull')
    .map(([phase, phaseMs]) => ({ phase, phaseMs, usualMs: usual(alike, phase) }))
    .sort((a, b) => b.phaseMs - b.usualMs - (a.phaseMs - a.usualMs));
  return phases[0] && { expectedMs, totalMs: ms, ...phases[0] };
}

/** Of an operation's own work and that of its parts together. */
function timesOfPhases({ phases }: TimingRecord): Map<PhaseName, number> {
  const times = new Map<PhaseName, number>();
  for (const { name, ms } of phases) times.set(name, (times.get(name) ?? 0) + ms);
  return times;
}

function usual(alike: readonly TimingRecord[], phase: PhaseName): number {
  return alike.length === 0 ? 0 : median(alike.map((record) => timesOfPhases(record).get(phase) ?? 0));
}
