import type { FrozenContainer } from '../engine';
import type { EngineName } from '../snapshotEntry';

export type Side = 'here' | 'there';

/** A volume and its copy on another engine, which is kept for when the first one fails. No secrets are in it. */
export interface Standby {
  format: 1;
  id: string;
  /** On the engine that was shown when it was set up. */
  here: SideOfStandby;
  there: SideOfStandby & { reached: { context: string } | { address: string } };
  /** Where the volume is used; the other side is the standby. */
  active: Side;
  /** When the standby was last made equal. */
  last?: LastUpdate;
  /** What the last fail-over has stopped on the side that is the standby since, with its restart policies of before. */
  stopped: readonly FrozenContainer[];
  /** ISO 8601: the last fail-over was then, and the primary of before was not heard: it may run, and have newer data. */
  unheardSince?: string;
}

export interface SideOfStandby {
  engine: EngineName;
  volume: string;
}

export interface LastUpdate {
  /** ISO 8601: the moment whose data it is, by the primary's clock; and when it was there, by this machine's. */
  time: string;
  at: string;
  /** Ids: of the primary's snapshot, and of the standby's snapshots, which the next update makes unneeded. */
  source: string;
  copy: string;
  safety?: string;
}

export function other(side: Side): Side {
  return side === 'here' ? 'there' : 'here';
}

export function primaryOf(standby: Standby): SideOfStandby {
  return standby[standby.active];
}

export function standbyOf(standby: Standby): SideOfStandby {
  return standby[other(standby.active)];
}

/** Whether it is time to update it. A clock that was put back must not stop the updates. */
export function isDue({ last }: Standby, everyMinutes: number, now: Date): boolean {
  if (everyMinutes <= 0) return false;
  const age = last ? now.getTime() - Date.parse(last.at) : Infinity;
  return age < 0 || age >= everyMinutes * 60_000;
}

/** The same pair after a fail-over: the other side is used now. */
export function failedOver(
  standby: Standby,
  { last, stopped, unheardSince }: Pick<Standby, 'last' | 'stopped' | 'unheardSince'>,
): Standby {
  const { unheardSince: _, ...rest } = standby;
  return {
    ...rest,
    active: other(standby.active),
    ...(last && { last }),
    stopped,
    ...(unheardSince !== undefined && { unheardSince }),
  };
}
