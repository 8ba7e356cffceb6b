/** A backup as its name says it. */
export interface Named {
  volume: string;
  time: Date;
  since?: Date;
}

/** What a backup of only what has changed builds on: one, or, where two were made in one second, those of which it is one. */
export function basesOf<T extends Named>({ volume, since, ...backup }: Named, all: readonly T[]): T[] {
  if (!since) return [];
  const isBase = (other: T) => other.volume === volume && other.time.getTime() === since.getTime();
  return all.filter((other) => isBase(other) && !isSame(other, { volume, since, ...backup }));
}

/** Those that cannot be restored without one of these, and are none of them. */
export function buildingOn<T extends Named>(backups: readonly T[], all: readonly T[]): T[] {
  const found = new Set(backups);
  // One that builds on another is younger: each is met after what it builds on.
  const inOrder = all.toSorted((a, b) => a.time.getTime() - b.time.getTime());
  for (let before = -1; before < found.size;) {
    before = found.size;
    for (const each of inOrder) if (basesOf(each, all).some((base) => found.has(base))) found.add(each);
  }
  return [...found].filter((each) => !backups.includes(each));
}

function isSame(a: Named, b: Named): boolean {
  return a.time.getTime() === b.time.getTime() && a.since?.getTime() === b.since?.getTime();
}
