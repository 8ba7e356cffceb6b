import { currentContext, listContexts, type DockerContext } from './connection/dockerContexts';
import { thisMachine } from './connection/surroundings';

export type { DockerContext };

/** The contexts of the Docker CLI on this machine, and which of them is the current one. */
export async function dockerContexts(): Promise<{ contexts: DockerContext[]; current: string }> {
  const surroundings = thisMachine();
  return { contexts: await listContexts(surroundings), current: await currentContext(surroundings) };
}
