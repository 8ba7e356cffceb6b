import { appendFile, mkdir, readdir, readFile, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { isRecord } from './isRecord';
import type { TimingRecord } from './record';

const segmentName = /^timings-(\d{8})\.jsonl$/;

/**
 * The history of operations: JSON lines in numbered segment files of one folder, shared by all windows.
 *
 * Nothing is ever rewritten: a record is one append (atomic for a line this short), and the bound is kept by removing
 * whole segments, oldest first. So two windows cannot lose each other's records.
 */
export class TimingStore {
  /** What was read, by segment: files only grow, so that one of the same age and size is the same. */
  private readonly known = new Map<number, { as: string; records: readonly TimingRecord[] }>();

  /** Keeps at least the newest `limit` records, and at most half as many again; it is asked for at each append. */
  constructor(
    readonly folder: string,
    private readonly limit: () => number,
  ) {}

  async append(record: TimingRecord): Promise<void> {
    await mkdir(this.folder, { recursive: true });
    const numbers = await this.segmentNumbers();
    const newest = numbers.at(-1) ?? 1;
    const limit = this.limit();
    const full = (await this.readSegment(newest)).length >= Math.max(1, Math.floor(limit / 4));
    // A line of its own also after one that was torn: the disk was full, or its host was killed.
    await appendFile(this.fileOf(full ? newest + 1 : newest), `\n${JSON.stringify(record)}\n`);
    if (full) await this.removeSurplus(numbers, limit);
  }

  /** Oldest first. Lines that are damaged or of another schema are left out, never removed. */
  async readAll(): Promise<TimingRecord[]> {
    const numbers = await this.segmentNumbers();
    return (await Promise.all(numbers.map((number) => this.readSegment(number)))).flat();
  }

  /** Removes all that there is now; what another window writes meanwhile may stay. */
  async clear(): Promise<void> {
    for (const number of await this.segmentNumbers()) await rm(this.fileOf(number), { force: true });
  }

  private async removeSurplus(numbers: number[], limit: number): Promise<void> {
    const sizes = await Promise.all(numbers.map(async (number) => (await this.readSegment(number)).length));
    let count = sizes.reduce((sum, size) => sum + size, 0);
    for (const [index, number] of numbers.entries()) {
      count -= sizes[index] ?? 0;
      if (count < limit) return;
      await rm(this.fileOf(number), { force: true });
    }
  }

  private async segmentNumbers(): Promise<number[]> {
    const names = await readdir(this.folder).catch(() => []);
    return names
      .flatMap((name) => segmentName.exec(name)?.[1] ?? [])
      .map(Number)
      .sort((a, b) => a - b);
  }

  /** Empty when another window has just removed it. */
  private async readSegment(number: number): Promise<readonly TimingRecord[]> {
    const file = this.fileOf(number);
    const found = await stat(file).catch(() => undefined);
    if (!found) {
      this.known.delete(number);
      return [];
    }
    // Looked at before it is read: what is appended in between makes it another one.
    const as = `${found.ino} ${found.size} ${found.mtimeMs}`;
    const known = this.known.get(number);
    if (known?.as === as) return known.records;
    const records = parseLines(await readFile(file, 'utf8').catch(() => ''));
    this.known.set(number, { as, records });
    return records;
  }

  private fileOf(number: number): string {
    return path.join(this.folder, `timings-${String(number).padStart(8, '0')}.jsonl`);
  }
}

function parseLines(text: string): TimingRecord[] {
  return text.split('\n').flatMap((line) => {
    try {
      const record: unknown = JSON.parse(line);
      return isRecord(record) ? [record] : [];
    } catch {
      return [];
    }
  });
}
