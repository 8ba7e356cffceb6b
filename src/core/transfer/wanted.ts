/**
 * What the receiver of a snapshot asks for, of the objects that both sides count alike: those that it lacks. `digest`: of what
 * it has at the same path, which may be the same content.
 */
export type Wanted = { from: number; count: number } | { from: number; digest: string };

/** Lines of text, neighbours without a digest in one. */
export function* encodeWanted(
  missing: readonly number[],
  digests: ReadonlyMap<number, string>,
): Generator<Buffer, void, undefined> {
  let run: [number, number] = [0, 0];
  const line = (value: unknown) => Buffer.from(`${JSON.stringify(value)}\n`);
  for (const n of missing) {
    const digest = digests.get(n);
    if (digest === undefined && run[1] > 0 && n === run[0] + run[1]) {
      run[1]++;
      continue;
    }
    if (run[1] > 0) yield line(run);
    run = digest === undefined ? [n, 1] : [0, 0];
    if (digest !== undefined) yield line([n, digest]);
  }
  if (run[1] > 0) yield line(run);
}

/** The inverse, of one line. Throws on anything else. */
export function decodeWanted(line: string): Wanted {
  const [from, second] = JSON.parse(line) as unknown[];
  if (typeof from === 'number' && typeof second === 'number') return { from, count: second };
  if (typeof from === 'number' && typeof second === 'string') return { from, digest: second };
  throw new Error('not a line of what is wanted');
}
