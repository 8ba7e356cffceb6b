const slash = 0x2f;

/** Whether `path` comes after `other` in a walk: parents before children, names of a folder in byte order. */
export function isBehind(path: string, other: string): boolean {
  const shorter = Math.min(path.length, other.length);
  for (let i = 0; i < shorter; i++) {
    const [a, b] = [path.charCodeAt(i), other.charCodeAt(i)];
    // A name ends before one that goes on, whatever with.
    if (a !== b) return b === slash || (a !== slash && a > b);
  }
  return path.length > other.length;
}
