import { Failure } from '../failure';
import { replacedName } from '../persist/replacedNames';
import { runs } from './replaceable';
import type { Host, Run } from './run';

/** Removes a container that another one has taken the place of, with all that is only in it. Volumes stay, anonymous ones as well. */
export async function removeReplaced(
  { engine }: Pick<Host, 'engine'>,
  { replaced: id }: { replaced: string },
  { signal }: Pick<Run, 'signal'>,
): Promise<void> {
  const container = await engine.inspectContainer(id, signal);
  const name = replacedName(container.name);
  const hasSuccessor = (await engine.listContainers(signal)).some((each) => each.name === name);
  if (!hasSuccessor || runs(container)) throw new Failure('containerNotReplaced', { container: container.name });
  await engine.removeContainer(id);
}
