import type { Phase, TimingRecord } from '../record';
import type { Reported } from './reported';

const fields = [
  ...([
    'id',
    'kind',
    'volume',
    'engine',
    'startedAt',
    'outcome',
    'failure',
    'failedIn',
    'totalMs',
    'expectedMs',
  ] as const),
  ...(['downtimeMs', 'bytesMoved', 'bytesSkipped', 'filesMoved', 'filesSkipped'] as const),
];

/** One line for each operation, as RFC 4180 has it, with a column for each phase that there is: its milliseconds. */
export function asCsv({ records }: Reported): string {
  const phases = [...new Set(records.flatMap((record) => record.phases.map(nameOf)))];
  const head = [...fields, 'destination', 'destinationType', 'databases', ...phases.map((name) => `phase ${name} ms`)];
  return [head, ...records.map((record) => lineOf(record, phases))]
    .map((cells) => `${cells.map(cellOf).join(',')}\r\n`)
    .join('');
}

type Cell = string | number | undefined;

function lineOf(record: TimingRecord, phases: readonly string[]): Cell[] {
  const times = new Map(record.phases.map((phase) => [nameOf(phase), phase.ms]));
  const { destination, databases } = record;
  return [
    ...fields.map((field) => record[field]),
    ...[destination?.name, destination?.type, databases?.join(' ')],
    ...phases.map((name) => times.get(name)),
  ];
}

function nameOf({ name, part }: Phase): string {
  return part === undefined ? name : `${part} ${name}`;
}

/** Spreadsheets run what begins like a formula: a name is never one. */
function cellOf(value: Cell): string {
  if (value === undefined) return '';
  if (typeof value === 'number') return String(value);
  const text = value.replace(/^[=+\-@\t\r]/, "'$&");
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
