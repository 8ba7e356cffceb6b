import assert from 'node:assert/strict';
import { freezeSizes } from '../bench/generate/sizes';
import { rowDefinitions, type RowDefinition } from '../bench/report/rows';
import { runBench } from '../bench/runBench';
import { never } from '../fixtures/engine';

describe('the bench', function () {
  this.timeout(300_000); // all rows and their peers, beside other tests

  it('measures every row with equal results, at its smallest size', async () => {
    const said: string[] = [];
    const { rows, volume } = await runBench({ size: 'smoke', runs: 1 }, (line) => said.push(line), never);
    const leftOut = said.filter((line) => line.endsWith('left out')).map((line) => line.split(' ')[0]!);
    const withoutExport = leftOut.includes('zstd');
    const isMeasured = ({ ours, peer, size }: RowDefinition) =>
      !leftOut.some((name) => peer?.includes(name)) &&
      !(withoutExport && (ours === 'export' || ours === 'S3 upload')) &&
      (!size || freezeSizes.smoke.some(({ name }) => name === size));
    const expected = rowDefinitions.filter(isMeasured);
    assert.deepEqual(
      rows.map(({ id }) => id),
      expected.map(({ id }) => id),
    );
    assert.ok(rows.every(({ ours, peer, ratio }) => ours >= 0 && (peer === null) === (ratio === null)));
    assert.equal(volume.files, 204);
  });
});
