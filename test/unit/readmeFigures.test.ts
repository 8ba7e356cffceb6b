import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { howFast } from '../bench/report/readme';
import { asMarkdown, comparison } from '../bench/report/table';
import type { Bench } from '../bench/runBench';

describe('the figures of docs/bench.json', () => {
  const bench = JSON.parse(readFileSync('docs/bench.json', 'utf8')) as Bench;

  it('are those of the README', () => assert.ok(readFileSync('README.md', 'utf8').includes(howFast(bench))));

  it('are those of docs/performance.md', () => {
    assert.ok(readFileSync('docs/performance.md', 'utf8').includes(asMarkdown(comparison(bench))));
  });
});
