/** Docker's rule for names: https://github.com/moby/moby/blob/master/daemon/names/names.go */
const allowed = /^[a-zA-Z0-9][a-zA-Z0-9_.-]+$/;

export function volumeNameProblem(name: string, taken: readonly string[]): 'malformed' | 'taken' | undefined {
  if (!allowed.test(name)) return 'malformed';
  return taken.includes(name) ? 'taken' : undefined;
}

/** The old name where it is free, else the old name with a number. */
export function suggestedName(name: string, taken: readonly string[]): string {
  for (let number = 1; ; number++) {
    const candidate = number === 1 ? name : `${name}-${number}`;
    if (!taken.includes(candidate)) return candidate;
  }
}
