/** What a container is called that another one has taken the place of: it stands still, and can get its place back. */
const kept = /^(.+)\.(?:before|after)-persist(?:-\d+)?$/;

/** The name that it had, and that the one has which took its place. Undefined for containers that were not replaced. */
export function replacedName(name: string): string | undefined {
  return kept.exec(name)?.[1];
}

/** `after`: it was the new one, and persisting was undone. */
export function nameOfReplaced(name: string, when: 'before' | 'after', taken: readonly string[]): string {
  const wanted = `${name}.${when}-persist`;
  for (let n = 1; ; n++) {
    const free = n === 1 ? wanted : `${wanted}-${n}`;
    if (!taken.includes(free)) return free;
  }
}
