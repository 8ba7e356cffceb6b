import assert from 'node:assert/strict';
import type { DestinationConfig } from '../../src/core/backup/destinationConfig';
import { backedUpVolumes } from '../../src/features/backups/model';

describe('the backups at a destination', () => {
  const config: DestinationConfig = { name: 'NAS', type: 'folder', path: '/mnt/nas' };
  const file = (name: string) => ({ name, bytes: 1, modified: new Date(0) });
  const files = [
    'db@20261121T100000Z.tar.zst',
    'holiday.jpg',
    'a%2Fb@20261121T100000Z.tar.zst',
    'db@20261123T100000Z.tar.zst',
    'db@20261122T100000Z.tar.zst',
  ].map(file);

  it('are under their volumes, newest first, and other files are not among them', () => {
    const volumes = backedUpVolumes(config, files, () => undefined);
    assert.deepEqual(
      volumes.map(({ volume, backups }) => [volume, backups.map(({ time }) => time.getUTCDate())]),
      [
        ['a/b', [21]],
        ['db', [23, 22, 21]],
      ],
    );
  });

  it('may be images that something else has made of a volume', () => {
    const image = { volume: 'db', folder: 'volume-data' };
    const all = [...files, { ...file('latest.image'), image }];
    const [, db] = backedUpVolumes(config, all, () => undefined);
    assert.deepEqual(
      db?.backups.map((each) => each.image),
      [undefined, undefined, undefined, image],
    );
  });

  it('say when what they build on is missing, and then are verified no more', () => {
    const names = [
      'db@20261121T100000Z.tar.zst',
      'db@20261122T100000Z-since-20261121T100000Z.tar.zst',
      'db@20261124T100000Z-since-20261123T100000Z.tar.zst',
      'db@20261125T100000Z-since-20261124T100000Z.tar.zst',
      'db@20261126T100000Z-since-20261126T100000Z.tar.zst',
    ];
    const [db] = backedUpVolumes(config, names.map(file), () => new Date(5));
    assert.deepEqual(
      db?.backups.map(({ time, isBroken, verifiedAt }) => [
        time.getUTCDate(),
        isBroken ?? false,
        verifiedAt !== undefined,
      ]),
      [
        [26, true, false],
        [25, true, false],
        [24, true, false],
        [22, false, true],
        [21, false, true],
      ],
    );
  });

  it('have each an identity of its own, and say when they were verified', () => {
    const volumes = backedUpVolumes(config, files, ({ name }) => (name.includes('1123') ? new Date(5) : undefined));
    const backups = volumes.flatMap((volume) => volume.backups);
    assert.equal(new Set([...volumes, ...backups].map(({ id }) => id)).size, 6);
    assert.deepEqual(
      backups.map(({ verifiedAt }) => verifiedAt?.getTime()),
      [undefined, 5, undefined, undefined],
    );
  });
});
