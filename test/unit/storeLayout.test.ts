import * as assert from 'node:assert/strict';
import { checkedName, checkedObject, objectId, snapshotId } from '../../src/core/storeLayout';

describe('names in the store', () => {
  it('of snapshots say the time, and differ within a millisecond', () => {
    const now = new Date('2026-11-22T17:44:39.123Z');
    assert.equal(snapshotId(now, Buffer.from([0xa1, 0xb2, 0xc3])), '20261122T174439123Z-a1b2c3');
  });

  it('of objects name their snapshot, a thousand in a folder', () => {
    assert.deepEqual(
      [0, 1023, 1024, 1_000_000].map((n) => objectId('s', n)),
      ['s/00/0', 's/00/1023', 's/01/1024', 's/3d0/1000000'],
    );
  });

  it('never lead out of it', () => {
    for (const name of ['..', '.', '', 'a/b', '../x', 'a@b', 'a\n', '-x']) assert.throws(() => checkedName(name), name);
    for (const id of ['s/00/../../x', '/etc/passwd', 's/00/', '../00/1', 's/00/1\n']) {
      assert.throws(() => checkedObject(id), id);
    }
    assert.equal(checkedName('app_data.v1-2'), 'app_data.v1-2');
    assert.equal(checkedObject('20261122T174439123Z-a1b2c3/0f/17'), '20261122T174439123Z-a1b2c3/0f/17');
  });
});
