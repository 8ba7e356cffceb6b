import { appendFile, mkdir, readdir, readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import type { TimingRecord } from './record';

const segmentName = /^timings-(\d{8})\.jsonl$/;

/**
 * The history of operations: JSON lines in numbered segment files of one folder, shared by all windows.
 *
 * Nothing is ever rewritten: a record is one append (atomic for a line this short), and the bound is kept by removing
 * whole segments, oldest first. So two windows cannot lose each other's records.
 */
export class TimingStore {
  private readonly segmentSize: number;

  /** Keeps at least the newest `limit` records, and at most half as many again. */
  constructor(
    private readonly folder: string,
    private readonly limit: number,
  ) {
    this.segmentSize = Math.max(1, Math.floor(limit / 4));
  }

  async append(record: TimingRecord): Promise<void> {
    await mkdir(this.folder, { recursive: true });
    const segments = await this.readSegments();
    const newest = segments.at(-1);
    const full = newest !== undefined && newest.records.length >= this.segmentSize;
    const number = newest === undefined ? 1 : newest.number + (full ? 1 : 0);
    await appendFile(this.fileOf(number), `${JSON.stringify(record)}\n`);
    if (full) await this.removeSurplus(segments);
  }

  /** Oldest first. Lines that are damaged or of another schema are left out, never removed. */
  async readAll(): Promise<TimingRecord[]> {
    return (await this.readSegments()).flatMap((segment) => segment.records);
  }

  private async removeSurplus(segments: { number: number; records: TimingRecord[] }[]): Promise<void> {
    let count = segments.reduce((sum, segment) => sum + segment.records.length, 0);
    for (const segment of segments) {
      if (count - segment.records.length < this.limit) return;
      await rm(this.fileOf(segment.number), { force: true });
      count -= segment.records.length;
    }
  }

  private async readSegments(): Promise<{ number: number; records: TimingRecord[] }[]> {
    const numbers = (await readdir(this.folder).catch(() => []))
      .flatMap((name) => segmentName.exec(name)?.[1] ?? [])
      .map(Number)
      .sort((a, b) => a - b);
    return Promise.all(
      numbers.map(async (number) => ({
        number,
        // Another window may just have removed it.
        records: parseLines(await readFile(this.fileOf(number), 'utf8').catch(() => '')),
      })),
    );
  }

  private fileOf(number: number): string {
    return path.join(this.folder, `timings-${String(number).padStart(8, '0')}.jsonl`);
  }
}

function parseLines(text: string): TimingRecord[] {
  return text.split('\n').flatMap((line) => {
    try {
      const record = JSON.parse(line) as TimingRecord;
      return record.schema === 1 && Array.isArray(record.phases) ? [record] : [];
    } catch {
      return [];
    }
  });
}
