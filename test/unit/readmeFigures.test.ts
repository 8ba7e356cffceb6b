import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { seconds } from '../bench/report/table';
import type { Bench } from '../bench/runBench';

describe('the figures of the README', () => {
  const { rows, volume, machine } = JSON.parse(readFileSync('docs/bench.json', 'utf8')) as Bench;
  const section = /## How fast\n(.*?)\n## /s.exec(readFileSync('README.md', 'utf8'))?.[1] ?? '';
  const words = section.replace(/\s+/g, ' ');

  const row = (id: string) => rows.find((each) => each.id === id && each.size === 'full')!;
  const ours = (id: string) => `${seconds(row(id).ours)} s`;
  const peers = (id: string) => `${seconds(row(id).peerValue!)} s`;
  const MB = (bytes: number) => `${Math.round(bytes / 1e6)} MB`;
  const count = (files: number) => `${files.toLocaleString('en')} files`;

  const [snapshot, restore, freeze] = ['repeat-snapshot-vs-tar-gz', 'restore-vs-tar-gz', 'freeze-ms'] as const;
  const measured = [
    `${MB(volume.bytes)} in ${count(volume.files)}`,
    `${count(volume.change.files)}, ${MB(volume.change.bytes)}, changed`,
    `${machine.cores} cores`,
    `a snapshot took ${ours(snapshot)} where \`tar czf\` in a container took ${peers(snapshot)}`,
    `safety snapshot ${ours(restore)} where unpacking took ${peers(restore)}`,
    `stood still for ${ours(freeze)}`,
  ];
  for (const figures of measured) {
    it(`are those of docs/bench.json: ${figures}`, () => assert.ok(words.includes(figures), words));
  }

  it('are no others', () => {
    const figure = /\d[\d.,]*\d|\d/g;
    const known = measured.flatMap((part) => part.match(figure) ?? []);
    assert.deepEqual(
      (words.match(figure) ?? []).filter((each) => !known.includes(each)),
      [],
    );
  });
});
