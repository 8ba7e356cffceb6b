import { Failure } from '../../core/failure';
import type { Host, Pair } from '../../core/operations';
import { other, primaryOf, standbyOf, type Side, type Standby } from '../../core/standby/standby';
import type { StandbyStore } from '../../core/standby/standbyStore';
import type { HostLease, Operations } from '../../ui/operation';
import { settings } from '../../ui/settings';
import type { EngineConnection } from '../connection/engineConnection';
import type { OtherEngines } from '../connection/otherEngines';
import type { Targets } from '../volumes/targets';

/** What the commands of this feature work with. */
export interface Standbys {
  store: StandbyStore;
  targets: Targets;
  operations: Operations;
  connection: EngineConnection;
  others: OtherEngines;
  lendHere: (signal: AbortSignal) => Promise<HostLease>;
}

/** One side's engine. Rejects with engineIsAnother when the connection, or the context, leads to another one by now. */
export async function lendSide(
  { others, lendHere }: Standbys,
  standby: Standby,
  side: Side,
  signal: AbortSignal,
): Promise<HostLease> {
  const lease = await (side === 'here' ? lendHere(signal) : others.lend(standby.there.reached, signal));
  const expected = standby[side].engine;
  if (lease.host.engine.id === expected.id) return lease;
  lease[Symbol.dispose]();
  throw new Failure('engineIsAnother', { expected: expected.name, found: lease.host.engine.name });
}

export function pairOf(standby: Standby, primary: Host, copy: Host): Pair {
  return {
    primary: { host: primary, volume: primaryOf(standby).volume },
    standby: { host: copy, volume: standbyOf(standby).volume },
    last: standby.last,
    level: settings.backupLevel(),
  };
}

/** Work with the engines of both sides, each connected to for it. */
export async function withPair<T>(
  standbys: Standbys,
  standby: Standby,
  signal: AbortSignal,
  work: (pair: Pair) => Promise<T>,
): Promise<T> {
  using primary = await lendSide(standbys, standby, standby.active, signal);
  using copy = await lendSide(standbys, standby, other(standby.active), signal);
  return await work(pairOf(standby, primary.host, copy.host));
}
