import { declaredDatabase } from '../consistency/databaseOf';
import { majorOf, type Database } from '../database';
import type { Volume, VolumeEngine } from '../engine';
import { Failure } from '../failure';
import type { SnapshotEntry } from '../snapshotEntry';
import { inspectAll } from './inspectAll';
import { uses } from './users';

/**
 * Databases read the data of their own major version. Rejects with databaseVersionDiffers when a snapshot holds data of
 * another one than the containers that use the volume, running or not, are made for: by what their images say, else by
 * the data they have now (`present`). What nobody knows is no reason to refuse.
 */
export async function refuseOtherVersion(
  engine: VolumeEngine,
  { snapshot, target, present }: { snapshot: SnapshotEntry; target: Volume; present: readonly Database[] },
  signal: AbortSignal,
): Promise<void> {
  const containers = (await engine.listContainers(signal)).filter((container) => uses(container, target));
  const users = await inspectAll(engine, containers, signal);
  const declared = users.flatMap((user) => declaredDatabase(user) ?? []);
  for (const kind of new Set(snapshot.databases?.map((database) => database.kind))) {
    const of = (databases: readonly Database[]) => databases.filter((one) => one.kind === kind && majorOf(one));
    const saved = of(snapshot.databases ?? []);
    const current = users.length === 0 ? [] : of(declared).length > 0 ? of(declared) : of(present);
    const [then, now] = [saved[0], current[0]];
    if (!then || !now || current.some((one) => saved.some((other) => majorOf(one) === majorOf(other)))) continue;
    throw new Failure('databaseVersionDiffers', {
      volume: target.name,
      then,
      now,
      users: users.map(({ name }) => name),
    });
  }
}
