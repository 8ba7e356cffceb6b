import { readFile, writeFile } from 'node:fs/promises';
import type { Bench } from '../runBench';
import { asMarkdown, comparison, describe, phases } from './table';

const begin = '<!-- bench: written by npm run bench -->';
const end = '<!-- /bench -->';

/** Writes docs/bench.json, and the tables into docs/performance.md between the markers. */
export async function writeResults(bench: Bench, runs: number): Promise<void> {
  await writeFile('docs/bench.json', `${JSON.stringify(bench, rounded, 2)}\n`);
  const page = await readFile('docs/performance.md', 'utf8');
  const [before, after] = [page.indexOf(begin), page.indexOf(end)];
  if (before < 0 || after < before) throw new Error('docs/performance.md has lost its markers');
  const tables = [describe(bench, runs), asMarkdown(comparison(bench)), asMarkdown(phases(bench))].join('\n\n');
  await writeFile('docs/performance.md', `${page.slice(0, before)}${begin}\n\n${tables}\n\n${page.slice(after)}`);
}

/** A hundredth of a millisecond is more than can be measured. */
const rounded = (_: string, value: unknown) => (typeof value === 'number' ? Math.round(value * 100) / 100 : value);
