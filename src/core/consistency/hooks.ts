import type { DatabaseKind } from '../database';
import type { ContainerCommand, ContainerDetails } from '../engine';
import { databaseOf } from './databaseOf';
import { labelledHooks, type Labelled } from './hookLabels';
import { presets } from './presets';

export type HookCommand = Omit<ContainerCommand, 'env'>;

/** What is run in one container for a snapshot with consistency `application`. */
export interface ContainerHooks {
  /** Whose commands they are. */
  origin: 'labels' | DatabaseKind;
  /** While the app runs, before anything is copied. Takes no lock, so nothing has to undo it. */
  prepare?: HookCommand;
  /** Right before the container is paused. */
  pre?: HookCommand;
  /** Right after it runs again, whatever became of `pre` and of the snapshot. */
  post?: HookCommand;
}

/**
 * The user's own commands, where the container or one of its volumes has them as labels, else what is known of the database that runs in
 * it. Undefined when there is neither. Rejects with labelInvalid.
 * `running`: names of the programs in it, where they are known.
 */
export function hooksOf(
  container: ContainerDetails,
  volumes: readonly Labelled[],
  running: readonly string[] | undefined,
): ContainerHooks | undefined {
  const { pre, post, user, timeoutMs } = labelledHooks(container, volumes);
  const command = (words: string[], usual?: string): HookCommand => {
    const as = user ?? usual;
    return { command: words, timeoutMs, ...(as !== undefined && { user: as }) };
  };
  if (pre || post) {
    const some = { ...(pre?.length && { pre: command(pre) }), ...(post?.length && { post: command(post) }) };
    return Object.keys(some).length > 0 ? { origin: 'labels', ...some } : undefined;
  }
  const database = databaseOf(container, running);
  if (!database) return undefined;
  const { when, script, user: own } = presets[database];
  return { origin: database, [when]: command(['sh', '-c', script], own) };
}
