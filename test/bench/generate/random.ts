/** Random numbers that are the same on every machine and in every run. */
export interface Random {
  /** A float in [0, 1). */
  next(): number;
  /** An integer in [from, to). */
  between(from: number, to: number): number;
  pick<T>(from: readonly T[]): T;
  shuffled<T>(values: readonly T[]): T[];
}

export function randomFrom(seed: string): Random {
  const next = mulberry32(hash(seed));
  const random: Random = {
    next,
    between: (from, to) => from + Math.floor(next() * (to - from)),
    pick: (from) => from[random.between(0, from.length)]!,
    shuffled(values) {
      const shuffled = [...values];
      for (let last = shuffled.length - 1; last > 0; last--) {
        const other = random.between(0, last + 1);
        [shuffled[last], shuffled[other]] = [shuffled[other]!, shuffled[last]!];
      }
      return shuffled;
    },
  };
  return random;
}

/** https://gist.github.com/tommyettinger/46a874533244883189143505d203312c */
function mulberry32(state: number): () => number {
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** FNV-1a. */
function hash(text: string): number {
  let value = 0x811c9dc5;
  for (const character of text) value = Math.imul(value ^ character.codePointAt(0)!, 0x01000193);
  return value >>> 0;
}
