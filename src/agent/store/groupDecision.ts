import { randomBytes } from 'node:crypto';
import * as fs from 'node:fs';
import type { PendingRestore, SwitchDirection } from '../../core/agentProtocol';
import { Failure } from '../../core/failure';
import { checkedName, storeLayout } from '../../core/storeLayout';
import { flushFolder, namesIn, removeIfThere, writeDurably } from './durable';

type Decision = SwitchDirection | 'never';

/**
 * Volumes that are restored together are switched all or none: one file says which, and its appearance is the moment in
 * which that is decided. It is there as long as one of their switches is pending.
 *
 * Several agents may be about to write it, of a host that lives or has just died: the first one decides. Only from
 * forward to back there is a way afterwards.
 */
export function decide(root: string, group: string, direction: SwitchDirection): void {
  if (direction === 'back') return writeDecision(root, group, (path) => writeDurably(path, textOf('back')));
  const decided = decideFirst(root, group, direction);
  if (decided !== direction) throw new Failure('agentFailed', { message: `the restore was given up (${decided})` });
}

/**
 * What becomes of a pending switch; one by itself has been decided by being written. One that was not decided by now
 * never is: whoever asks may drop it, and no agent that is late switches its own part.
 */
export function settle(root: string, { group }: Pick<PendingRestore, 'group'>): Decision {
  return group === undefined ? 'forward' : decideFirst(root, group, 'never');
}

/** `isNeeded`: whether a pending switch is of this group. Writers of a decision have theirs pending. */
export function forgetDecisions(root: string, isNeeded: (group: string) => boolean): void {
  const { groups } = storeLayout(root);
  for (const name of namesIn(groups)) {
    if (!isNeeded(name.slice(0, name.indexOf('.')))) removeIfThere(`${groups}/${name}`);
  }
}

/** Returns what was decided, now or before. */
function decideFirst(root: string, group: string, decision: Decision): Decision {
  if (!fs.existsSync(fileOf(root, group))) {
    writeDecision(root, group, (path) => {
      const draft = `${path}.${randomBytes(6).toString('hex')}`;
      writeDurably(draft, textOf(decision));
      linkIfNone(draft, path);
      fs.unlinkSync(draft);
    });
  }
  return (JSON.parse(fs.readFileSync(fileOf(root, group), 'utf8')) as { direction: Decision }).direction;
}

function writeDecision(root: string, group: string, write: (path: string) => void): void {
  const { groups } = storeLayout(root);
  fs.mkdirSync(groups, { recursive: true, mode: 0o700 });
  write(fileOf(root, group));
  flushFolder(groups);
  flushFolder(root);
}

/** A rename would replace what another one has decided meanwhile. */
function linkIfNone(from: string, to: string): void {
  try {
    fs.linkSync(from, to);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
}

function textOf(direction: Decision): string {
  return JSON.stringify({ format: 1, direction });
}

function fileOf(root: string, group: string): string {
  return `${storeLayout(root).groups}/${checkedName(group)}.json`;
}
