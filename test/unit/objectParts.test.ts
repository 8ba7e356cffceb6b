import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import path from 'node:path';
import { maxParts, partBytes, partsUnderWay } from '../../src/destinations/s3/parts';
import { dist } from '../fixtures/engine';

const numbers = Array.from({ length: maxParts }, (_, index) => index + 1);

describe('the parts of an upload to an object storage', () => {
  it('hold the largest object that there may be, and are never larger than a part may be', () => {
    const all = numbers.reduce((sum, number) => sum + partBytes(number), 0);
    assert.ok(all >= 5 * 1024 ** 4, `${all}`);
    assert.ok(numbers.every((number) => partBytes(number) >= 5 * 1024 ** 2 && partBytes(number) <= 5 * 1024 ** 3));
  });

  it('are of one size up to 16 GiB, and fit in little memory up to 200 GiB', () => {
    let before = 0;
    for (const number of numbers) {
      const bytes = partBytes(number);
      const inMemory = bytes * (partsUnderWay(bytes) + 1);
      if (before < 16e9) assert.equal(bytes, partBytes(1));
      if (before < 200e9) assert.ok(inMemory <= 128 * 1024 ** 2, `${inMemory} of part ${number}`);
      before += bytes;
    }
  });
});

describe('the bundle of the SDK', () => {
  it('has all that the source takes from it', async () => {
    const built = createRequire(__filename)(path.join(dist, 'objectStorage.js')) as Record<string, unknown>;
    assert.deepEqual(Object.keys(built).sort(), Object.keys(await import('../../src/destinations/s3/sdk')).sort());
    assert.ok(new (built['S3Client'] as new (config: object) => object)({ region: 'nowhere' }));
  });
});
