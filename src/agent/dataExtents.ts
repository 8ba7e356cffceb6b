import type { Extent } from '../core/archive/sparseMap';
import { nextData } from './libc';

/** Where an open file has data, up to `size`, in order. Moves the handle's position; whoever takes them may, too. */
export function* dataExtents(handle: number, size: number): Generator<Extent, void, undefined> {
  let at = 0;
  for (let next = nextData(handle, at); next && next[0] < size; next = nextData(handle, at)) {
    at = Math.min(next[1], size);
    yield [next[0], at];
  }
}
