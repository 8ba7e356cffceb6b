import assert from 'node:assert/strict';
import { addressOf, readDestinations } from '../../src/core/backup/destinationConfig';

const folder = { name: 'NAS', type: 'folder', path: '/mnt/nas' };

describe('the setting of the destinations', () => {
  it('is taken where it can be used', () => {
    const all = [
      {
        ...folder,
        level: 19,
        exclude: ['*.log'],
        keep: { daily: 7, automatic: true },
        encryption: { recipients: ['age1x', 'age1y'] },
      },
      { name: 'cloud', type: 's3', bucket: 'backups', prefix: 'a/b', endpoint: 'https://example.com', pathStyle: true },
      { name: 'drive', type: 'rclone', remote: 'drive:backups', encryption: { passphrase: true } },
      { name: 'images', type: 'registry', repository: 'example.com/team/backups' },
    ];
    const { destinations, problems } = readDestinations(all);
    assert.deepEqual(problems, []);
    assert.deepEqual(destinations, all);
    assert.deepEqual(destinations.map(addressOf), [
      '/mnt/nas',
      's3://backups/a/b',
      'drive:backups',
      'example.com/team/backups',
    ]);
  });

  const refused: [what: string, said: unknown, problem: RegExp][] = [
    ['no object', 'NAS', /is no destination/],
    ['no name', { ...folder, name: ' ' }, /has no name/],
    ['an unknown type', { ...folder, type: 'ftp' }, /no type that is known: folder, s3, rclone, registry/],
    ['a type that every object has', { ...folder, type: 'toString' }, /no type that is known/],
    ['no path', { name: 'NAS', type: 'folder' }, /has no path/],
    ['no bucket', { name: 'cloud', type: 's3', bucket: '' }, /has no bucket/],
    ['an encryption for nobody', { ...folder, encryption: { recipients: [] } }, /has an encryption that is neither/],
    [
      'a private key',
      { ...folder, encryption: { recipients: ['AGE-SECRET-KEY-1X'] } },
      /has an encryption that is neither/,
    ],
    ['a passphrase', { ...folder, encryption: { passphrase: 'secret' } }, /has an encryption that is neither/],
    ['encryption in two ways', { ...folder, encryption: { passphrase: true, recipients: ['age1x'] } }, /is neither/],
    ['encryption that is a word', { ...folder, encryption: 'yes' }, /has an encryption that is neither/],
    ['a number', { name: 'cloud', type: 's3', bucket: 'b', region: 1 }, /has a region that is no text/],
    ['a rule that there is not', { ...folder, keep: { dayly: 7 } }, /has a keep that is not numbers/],
    ['a level that there is not', { ...folder, level: 20 }, /has a level/],
    ['no pattern', { ...folder, exclude: ['a', '/'] }, /has an exclude/],
    ['a rule without sense', { ...folder, keep: { daily: 0 } }, /has a keep/],
    [
      'a password in its address',
      { name: 'cloud', type: 's3', bucket: 'b', endpoint: 'https://u:p@h' },
      /has an endpoint/,
    ],
    ['no address', { name: 'cloud', type: 's3', bucket: 'b', endpoint: 'ftp://h' }, /has an endpoint/],
    ['a password in its remote', { name: 'drive', type: 'rclone', remote: 'sftp,pass=x:folder' }, /has a remote/],
    [
      'a remote that is none of the configuration',
      { name: 'drive', type: 'rclone', remote: ':sftp:folder' },
      /has a remote/,
    ],
    ['a tag', { name: 'images', type: 'registry', repository: 'example.com/backups:1' }, /has a repository/],
    ['a text', { name: 'cloud', type: 's3', bucket: 'b', pathStyle: 'yes' }, /pathStyle/],
  ];
  for (const [what, said, problem] of refused) {
    it(`leaves out one with ${what}, and says so`, () => {
      const { destinations, problems } = readDestinations([said, { ...folder, name: 'other' }]);
      assert.deepEqual(
        destinations.map(({ name }) => name),
        ['other'],
      );
      assert.match(problems.join(), problem);
    });
  }

  it('has a name once', () => {
    const { destinations, problems } = readDestinations([folder, folder]);
    assert.equal(destinations.length, 1);
    assert.deepEqual(problems, ['number 2 has the name of another one, NAS']);
  });
});
