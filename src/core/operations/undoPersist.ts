import type { ContainerDetails } from '../engine';
import { Failure, isFailure } from '../failure';
import { nameOfReplaced, replacedName } from '../persist/replacedNames';
import { openHelper } from './openHelper';
import { replaceable, runs } from './replaceable';
import { replaceContainer } from './replace';
import type { Host, Run } from './run';
import { whileStopped } from './whileStopped';

export interface Undone {
  /** The container that has its place again. */
  container: { id: string; name: string };
  /** The one that had it until now: it stands still, and can get the place again in the same way. */
  replaced: { id: string; name: string };
  /** Volumes that only that one has: what was written to them stays there. */
  volumes: string[];
}

/**
 * Gives a container that was replaced its place again. The one that has it now is kept, stopped and under another name, as is
 * its volume: nothing is lost that was written since.
 */
export async function undoPersist(host: Host, { replaced: id }: { replaced: string }, run: Run): Promise<Undone> {
  const { engine } = host;
  const other = await engine.inspectContainer(id, run.signal);
  const containers = await engine.listContainers(run.signal);
  const name = replacedName(other.name);
  const found = containers.find((each) => each.name === name);
  if (!found || runs(other)) throw new Failure('containerNotReplaced', { container: other.name });
  const current = await replaceable(engine, found.id, run.signal);
  const taken = containers.map((each) => each.name);
  const oldName = nameOfReplaced(current.name, other.name.includes('.before-persist') ? 'after' : 'before', taken);
  const volumes = onlyIn(current, other);
  const [held] = [...volumes, ...onlyIn(other, current)];
  if (held === undefined) throw new Failure('containerNotReplaced', { container: other.name });
  const volume = await engine.inspectVolume(held, run.signal);
  using watchdog = host.startWatchdog();
  // It holds the volume, and shows that we live.
  await using helper = await openHelper(engine, { operation: 'undoPersist', lock: held, store: false }, run);
  const note = { replaced: { by: { id, name: other.name } }, ...(!runs(current) && { still: true as const }) };
  await whileStopped(
    host,
    {
      operation: 'undoPersist',
      volumes: [volume],
      containers: [current],
      watchdog,
      notes: new Map([[current.id, note]]),
      keepStopped: (error) => isFailure(error, 'replacementIncomplete'),
    },
    run,
    (standstill) =>
      replaceContainer(
        host,
        {
          old: current,
          oldName,
          make: async () => {
            await engine.renameContainer(id, current.name);
            return id;
          },
          unmake: () => engine.renameContainer(id, other.name),
          runs: runs(current),
          restartPolicy: current.restartPolicy,
        },
        standstill,
        run,
      ),
  );
  await helper.finish();
  return { container: { id, name: current.name }, replaced: { id: current.id, name: oldName }, volumes };
}

function onlyIn({ mounts }: ContainerDetails, { mounts: others }: ContainerDetails): string[] {
  return mounts.flatMap(({ type, name }) =>
    type === 'volume' && name !== undefined && !others.some((other) => other.name === name) ? [name] : [],
  );
}
