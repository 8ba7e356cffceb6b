import type { Bench } from '../runBench';
import type { Summary } from '../times';
import { rowDefinitions, type Row } from './rows';

type Cells = string[][];

/** For the terminal. */
export function asText(cells: Cells): string {
  const widths = cells[0]!.map((_, column) => Math.max(...cells.map((row) => row[column]!.length)));
  return cells.map((row) => row.map((cell, column) => cell.padEnd(widths[column]!)).join('  ')).join('\n');
}

export function asMarkdown([head, ...rows]: Cells): string {
  const line = (row: string[]) => `| ${row.join(' | ')} |`;
  return [line(head!), line(head!.map(() => '---')), ...rows.map(line)].join('\n');
}

export function comparison({ rows }: Pick<Bench, 'rows'>): Cells {
  return [
    ['', 'ours: median (min–max)', 'peer', 'its time', 'times faster'],
    ...rows.map((row) => [
      whatOf(row),
      valueOf(row.range.ours, row),
      row.peer ?? '',
      valueOf(row.range.peer, row),
      factorOf(row),
    ]),
  ];
}

export function phases({ profile }: Pick<Bench, 'profile'>): Cells {
  const names = [...new Set(Object.values(profile).flatMap((medians) => Object.keys(medians)))];
  const columns = [...names.filter((name) => name !== 'total'), 'total'];
  return [
    ['ms (medians)', ...columns],
    ...Object.entries(profile).map(([name, medians]) => [name, ...columns.map((of) => String(medians[of] ?? ''))]),
  ];
}

export function describe({ date, machine, versions, volume }: Bench, runs: number): string {
  const MB = (bytes: number) => `${Math.round(bytes / 1e6)} MB`;
  const used = Object.entries(versions).map(([name, version]) => `${name} ${version}`);
  return (
    `${MB(volume.bytes)} in ${volume.files} files, ${volume.change.files} files (${MB(volume.change.bytes)}) changed; ` +
    `${runs} runs on ${date.slice(0, 10)}, ${machine.cores} cores, ${machine.memoryGB} GB of memory, ` +
    `${machine.fileSystem}, Linux ${machine.kernel}; ${used.join(', ')}.`
  );
}

function whatOf({ id, size }: Row): string {
  const definitions = rowDefinitions.filter((definition) => definition.id === id);
  return (definitions.find((definition) => definition.size === size) ?? definitions[0])?.what ?? id;
}

const factorOf = ({ ratio }: Row) => (ratio === null ? '' : `${ratio.toFixed(ratio < 10 ? 1 : 0)} ×`);

function valueOf(summary: Summary | null, { unit }: Row): string {
  if (!summary) return '';
  if (unit === 'MB') return `${Math.round(summary.median)} (${Math.round(summary.min)}–${Math.round(summary.max)}) MB`;
  return `${seconds(summary.median)} (${seconds(summary.min)}–${seconds(summary.max)}) s`;
}

/** As precise as the table is. */
export const seconds = (ms: number) => (ms / 1000).toFixed(ms < 10_000 ? 2 : 1);
