import type { Entry } from '../entry';
import { isSameRecord } from '../recorded';

/** The entries of a snapshot as changes of an earlier one, which both sides have. */
export interface RecordsDelta<Fresh = readonly Entry[]> {
  /** Of the earlier one, so many from there; then so many new ones. */
  steps: [from: number, count: number, fresh: number][];
  fresh: Fresh;
}

/** An entry is taken from the earlier list only where its whole record is the same. */
export function deltaOf(before: readonly Entry[], now: readonly Entry[]): RecordsDelta<Entry[]> {
  const places = new Map(before.map(({ path }, place) => [path, place]));
  const steps: RecordsDelta['steps'] = [];
  const fresh: Entry[] = [];
  let step: RecordsDelta['steps'][number] = [0, 0, 0];
  const begin = (from: number, count: number) => {
    if (step[1] + step[2] > 0) steps.push(step);
    step = [from, count, 0];
  };
  for (const entry of now) {
    const place = places.get(entry.path);
    if (place === undefined || !isSameRecord(before[place]!, entry)) {
      fresh.push(entry);
      step[2]++;
    } else if (step[2] === 0 && step[1] > 0 && place === step[0] + step[1]) step[1]++;
    else begin(place, 1);
  }
  begin(0, 0);
  return { steps, fresh };
}

/** The inverse. Throws on what is no delta of this list. */
export function withDelta(before: readonly Entry[], { steps, fresh }: RecordsDelta): Entry[] {
  const now: Entry[] = [];
  let used = 0;
  for (const [from, count, more] of steps) {
    const kept = before.slice(from, from + count);
    const added = fresh.slice(used, used + more);
    if (kept.length !== count || added.length !== more) throw new Error('the records are not as they were announced');
    for (const entry of kept) now.push(entry);
    for (const entry of added) now.push(entry);
    used += more;
  }
  if (used !== fresh.length) throw new Error('more records than were announced');
  return now;
}
