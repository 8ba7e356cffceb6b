import type { FreezeJournal, HelperRequest, Owner } from '../core/engine';

/** Labels that mark what is ours, and say what another window or a later recovery has to know of it. */
export const label = {
  role: 'dockervolumes.role',
  operation: 'dockervolumes.operation',
  lock: 'dockervolumes.lock',
  owner: 'dockervolumes.owner',
  journal: 'dockervolumes.journal',
  /** On the store's volume: whose store it is. */
  namespace: 'dockervolumes.namespace',
  /** On a volume: the helper whose mount created it because it had just been removed. */
  madeBy: 'dockervolumes.made-by',
  /** On an agent image: digest of the agent's files / the image they were put into. */
  agent: 'dockervolumes.agent',
  base: 'dockervolumes.base',
} as const;

export function helperLabels(request: HelperRequest, owner: Owner): Record<string, string> {
  return {
    [label.role]: 'helper',
    [label.operation]: request.operation,
    [label.owner]: JSON.stringify(owner),
    ...(request.lock !== undefined && { [label.lock]: request.lock }),
  };
}

export function journalLabels(journal: FreezeJournal): Record<string, string> {
  return { [label.role]: 'freeze', [label.journal]: JSON.stringify(journal) };
}
