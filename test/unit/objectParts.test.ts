import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import path from 'node:path';
import { bytesInMemory, maxParts, partBytes } from '../../src/destinations/s3/parts';
import { dist } from '../fixtures/engine';

const GiB = 1024 ** 3;

describe('the parts of an upload to an object storage', () => {
  it('are enough for all that may come, of a size that the protocol takes, and small for what is not large', () => {
    for (const atMost of [0, 1, GiB, 78 * GiB, 79 * GiB, 203 * GiB, 1024 * GiB, 5 * 1024 * GiB]) {
      const bytes = partBytes(atMost);
      assert.ok(bytes * maxParts >= atMost, `${atMost}`);
      assert.ok(bytes >= 5 * 1024 ** 2 && bytes <= 5 * GiB, `${bytes}`);
      assert.ok(
        bytesInMemory(bytes) <= Math.max(64 * 1024 ** 2, atMost / 2_500),
        `${bytesInMemory(bytes)} of ${atMost}`,
      );
    }
    assert.ok(partBytes() * maxParts > 600 * GiB && bytesInMemory(partBytes()) <= 128 * 1024 ** 2);
  });
});

describe('the bundle of the SDK', () => {
  it('has all that the source takes from it', async () => {
    const built = createRequire(__filename)(path.join(dist, 'objectStorage.js')) as Record<string, unknown>;
    assert.deepEqual(Object.keys(built).sort(), Object.keys(await import('../../src/destinations/s3/sdk')).sort());
    assert.ok(new (built['S3Client'] as new (config: object) => object)({ region: 'nowhere' }));
  });
});
