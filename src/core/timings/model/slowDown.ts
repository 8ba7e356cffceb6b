import { median } from '../figures/quantiles';
import type { PhaseName, TimingRecord } from '../record';
import { ownMs } from './costModel';

/** An operation that took more than twice what was expected, and the phase that did it. */
export interface SlowDown {
  expectedMs: number;
  totalMs: number;
  phase: PhaseName;
  phaseMs: number;
  /** What the phase usually takes there; absent where nothing like it was ever done. */
  usualMs?: number;
}

const factor = 2;
/** Less is not worth a word. */
const leastMs = 1_000;

/** So much later than expected that there must be something to it. */
export function isOverdue(ms: number, expectedMs: number): boolean {
  return ms > factor * expectedMs && ms - expectedMs >= leastMs;
}

/** `before`: the history that it was expected by, newest first. */
export function slowDown(record: TimingRecord, before: readonly TimingRecord[]): SlowDown | undefined {
  const { expectedMs, outcome } = record;
  if (outcome !== 'done' || expectedMs === undefined) return undefined;
  const ms = ownMs(record);
  if (!isOverdue(ms, expectedMs)) return undefined;
  const alike = alikeTo(record, before);
  const phases = [...timesOfPhases(record)]
    .filter(([name]) => name !== 'wait' && name !== 'pull')
    .map(([phase, phaseMs]) => ({ phase, phaseMs, ...usual(alike, phase) }))
    .sort((a, b) => lost(b) - lost(a));
  return phases[0] && { expectedMs, totalMs: ms, ...phases[0] };
}

/** Of the same volume; of its first operation of the kind, those of other volumes. */
function alikeTo(record: TimingRecord, before: readonly TimingRecord[]): TimingRecord[] {
  const alike = before.filter(
    ({ kind, engine, destination, outcome }) =>
      kind === record.kind &&
      engine === record.engine &&
      destination?.name === record.destination?.name &&
      outcome === 'done',
  );
  const own = alike.filter(({ volume }) => volume === record.volume);
  return (own.length > 0 ? own : alike).slice(0, 20);
}

function lost({ phaseMs, usualMs = 0 }: Pick<SlowDown, 'phaseMs' | 'usualMs'>): number {
  return phaseMs - usualMs;
}

/** Of an operation's own work and that of its parts together. */
function timesOfPhases({ phases }: TimingRecord): Map<PhaseName, number> {
  const times = new Map<PhaseName, number>();
  for (const { name, ms } of phases) times.set(name, (times.get(name) ?? 0) + ms);
  return times;
}

function usual(alike: readonly TimingRecord[], phase: PhaseName): Pick<SlowDown, 'usualMs'> {
  if (alike.length === 0) return {};
  return { usualMs: median(alike.map((record) => timesOfPhases(record).get(phase) ?? 0)) };
}
