import type { Consistency } from '../snapshotEntry';

/** From the least to the most that is done to the containers. */
export const consistencies: readonly Consistency[] = ['live', 'paused', 'application', 'stopped'];

/** Label of a volume. */
export const consistencyLabel = 'dockervolumes.consistency';

export interface AskedConsistency {
  consistency: Consistency;
  /** What the volume's label says when that is no level; it then counts for nothing. */
  invalid?: string;
}

/** What does as much as each of them asks for; at least one is given. */
export function strictest(levels: readonly Consistency[]): Consistency {
  return levels.reduce((a, b) => (consistencies.indexOf(b) > consistencies.indexOf(a) ? b : a));
}

/** How a volume's containers are to be treated: as chosen for this once, else as its label says, else as usual. */
export function askedConsistency(
  labels: Record<string, string>,
  { chosen, usual }: { chosen?: Consistency | undefined; usual: Consistency },
): AskedConsistency {
  const label = labels[consistencyLabel];
  const labelled = consistencies.find((level) => level === label?.trim());
  const consistency = chosen ?? labelled ?? usual;
  return label === undefined || labelled ? { consistency } : { consistency, invalid: label };
}
