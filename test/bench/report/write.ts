import { readFile, writeFile } from 'node:fs/promises';
import type { Bench } from '../runBench';
import { howFast } from './readme';
import { asMarkdown, comparison, describe, phases } from './table';

const begin = '<!-- bench: written by npm run bench -->';
const end = '<!-- /bench -->';

/** Writes docs/bench.json, and into docs/performance.md and the README what follows from it. */
export async function writeResults(bench: Bench, runs: number): Promise<void> {
  await writeFile('docs/bench.json', `${JSON.stringify(bench, rounded, 2)}\n`);
  const tables = [describe(bench, runs), asMarkdown(comparison(bench)), asMarkdown(phases(bench))];
  await writeInto('docs/performance.md', tables.join('\n\n'));
  await writeInto('README.md', howFast(bench));
}

async function writeInto(page: string, text: string): Promise<void> {
  const old = await readFile(page, 'utf8');
  const [before, after] = [old.indexOf(begin), old.indexOf(end)];
  if (before < 0 || after < before) throw new Error(`${page} has lost its markers`);
  await writeFile(page, `${old.slice(0, before)}${begin}\n\n${text}\n\n${old.slice(after)}`);
}

/** A hundredth of a millisecond is more than can be measured. */
const rounded = (_: string, value: unknown) => (typeof value === 'number' ? Math.round(value * 100) / 100 : value);
