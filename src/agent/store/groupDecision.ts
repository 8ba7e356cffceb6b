import * as fs from 'node:fs';
import type { PendingRestore, SwitchDirection } from '../../core/agentProtocol';
import { checkedName, storeLayout } from '../../core/storeLayout';
import { flushFolder, removeIfThere, writeDurably } from './durable';

/**
 * Volumes that are restored together are switched all or none: one file says which, and its rename is the moment in
 * which that is decided. It is there as long as one of their switches is pending.
 */
export function decide(root: string, group: string, direction: SwitchDirection): void {
  const { groups } = storeLayout(root);
  fs.mkdirSync(groups, { recursive: true, mode: 0o700 });
  writeDurably(fileOf(root, group), JSON.stringify({ format: 1, direction }));
  flushFolder(groups);
  flushFolder(root);
}

/** What is to become of a pending switch; one by itself has been decided by being written. */
export function decisionOn(root: string, { group }: PendingRestore): SwitchDirection | 'undecided' {
  if (group === undefined) return 'forward';
  if (!isDecided(root, group)) return 'undecided';
  return (JSON.parse(fs.readFileSync(fileOf(root, group), 'utf8')) as { direction: SwitchDirection }).direction;
}

export function isDecided(root: string, group: string): boolean {
  return fs.existsSync(fileOf(root, group));
}

export function forgetDecision(root: string, group: string): void {
  removeIfThere(fileOf(root, group));
}

function fileOf(root: string, group: string): string {
  return `${storeLayout(root).groups}/${checkedName(group)}.json`;
}
