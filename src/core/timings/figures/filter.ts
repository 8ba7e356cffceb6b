import type { TimingRecord } from '../record';

/** What of the history is looked at. Absent: all. */
export interface Filter {
  kind?: string;
  volume?: string;
  engine?: string;
  destination?: string;
  /** Only the last so many days. */
  days?: number;
}

export const filterFields = ['kind', 'volume', 'engine', 'destination'] as const;

export type FilterField = (typeof filterFields)[number];

const day = 86_400_000;

export function filtered(records: readonly TimingRecord[], filter: Filter, now: Date): TimingRecord[] {
  const since = filter.days === undefined ? '' : new Date(now.getTime() - filter.days * day).toISOString();
  return records.filter(
    (record) =>
      record.startedAt >= since &&
      filterFields.every((field) => filter[field] === undefined || fieldOf(record, field) === filter[field]),
  );
}

export function fieldOf(record: TimingRecord, field: FilterField): string | undefined {
  return field === 'destination' ? record.destination?.name : record[field];
}

/** What can be chosen for a field, in the order of the alphabet. */
export function choicesOf(records: readonly TimingRecord[], field: FilterField): string[] {
  const choices = new Set<string>();
  for (const record of records) {
    const value = fieldOf(record, field);
    // Nobody knows the engine of an operation that failed to connect.
    if (value) choices.add(value);
  }
  return [...choices].sort((a, b) => a.localeCompare(b));
}

/** A filter as the page has said it, or as it was kept; undefined when it is none. */
export function parseFilter(value: unknown): Filter | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const said = value as Record<string, unknown>;
  const filter: Filter = {};
  for (const field of filterFields) {
    const text = said[field];
    if (text === undefined) continue;
    if (typeof text !== 'string') return undefined;
    filter[field] = text;
  }
  const { days } = said;
  if (days === undefined) return filter;
  return typeof days === 'number' && days > 0 && days < 100_000 ? { ...filter, days } : undefined;
}
