import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import { findDatabases } from '../../src/agent/databases';
import type { Database } from '../../src/core/database';
import type { Entry } from '../../src/core/entry';

const rdb = (magic: string, field: string, version: string) =>
  `${magic}0011\xfa${String.fromCharCode(field.length)}${field}${String.fromCharCode(version.length)}${version}\xfa\x0aredis-bits\xc0@`;
const innodb = { ibdata1: 'x' };
const cluster = (folder: string, version: string) => ({
  [`${folder}PG_VERSION`]: `${version}\n`,
  [`${folder}global/pg_control`]: 'x',
  [`${folder}base/1/PG_VERSION`]: `${version}\n`,
});

describe('databases in the files of a snapshot', () => {
  let objects: string;
  beforeEach(() => (objects = mkdtempSync(path.join(tmpdir(), 'objects-'))));
  afterEach(() => rmSync(objects, { recursive: true }));

  const cases: [what: string, files: Record<string, string>, found: Database[]][] = [
    ['PostgreSQL', cluster('', '15'), [{ kind: 'postgresql', version: '15' }]],
    ['PostgreSQL 9', cluster('data/', '9.6'), [{ kind: 'postgresql', version: '9.6' }]],
    [
      'PostgreSQL, as its image from 18 on lays it',
      cluster('18/docker/', '18'),
      [{ kind: 'postgresql', version: '18' }],
    ],
    [
      'the cluster, not a copy of an older one in it',
      { ...cluster('', '17'), ...cluster('old/', '16') },
      [{ kind: 'postgresql', version: '17' }],
    ],
    [
      'two clusters side by side',
      { ...cluster('15/main/', '15'), ...cluster('16/main/', '16') },
      [
        { kind: 'postgresql', version: '15' },
        { kind: 'postgresql', version: '16' },
      ],
    ],
    ['no PostgreSQL where only a file is called so', { PG_VERSION: '15' }, []],
    [
      'MariaDB',
      { ...innodb, mysql_upgrade_info: '10.11.18-MariaDB', aria_log_control: 'x' },
      [{ kind: 'mariadb', version: '10.11.18-MariaDB' }],
    ],
    ['MariaDB of unknown version', { ...innodb, aria_log_control: 'x' }, [{ kind: 'mariadb' }]],
    ['MySQL', { ...innodb, mysql_upgrade_info: '8.0.36', 'mysql.ibd': 'x' }, [{ kind: 'mysql', version: '8.0.36' }]],
    ['MySQL of unknown version', { ...innodb, 'mysql.ibd': 'x' }, [{ kind: 'mysql' }]],
    ['MongoDB', { 'WiredTiger.wt': 'x', 'storage.bson': 'x' }, [{ kind: 'mongodb' }]],
    ['Redis', { 'dump.rdb': rdb('REDIS', 'redis-ver', '7.0.15') }, [{ kind: 'redis', version: '7.0.15' }]],
    [
      'Redis, whose version is followed by a digit',
      { 'dump.rdb': `${rdb('REDIS', 'redis-ver', '7.0')}`.replace('7.0\xfa', '7.09') },
      [{ kind: 'redis', version: '7.0' }],
    ],
    [
      'Redis with an append-only file',
      { 'appendonlydir/appendonly.aof.1.base.rdb': rdb('REDIS', 'redis-ver', '7.4.1') },
      [{ kind: 'redis', version: '7.4.1' }],
    ],
    ['Redis with one that holds commands only', { 'appendonly.aof': '*2\r\n$6\r\nSELECT' }, []],
    ['Valkey', { 'dump.rdb': rdb('VALKEY', 'valkey-ver', '9.0.0') }, [{ kind: 'redis', version: '9.0.0' }]],
    ['none in a file of any other name', { constructor: 'x', toString: 'x', 'uploads/a.txt': 'x' }, []],
  ];
  for (const [what, files, found] of cases)
    it(what, () => assert.deepEqual(findDatabases(stored(files), objects), found));

  it('of a file whose content cannot be read: no version', () => {
    const entries = stored(cluster('', '15')).map((entry) => ({ ...entry, object: 'gone' }));
    assert.deepEqual(findDatabases(entries, objects), [{ kind: 'postgresql' }]);
  });

  function stored(files: Record<string, string>): Entry[] {
    return Object.entries(files).map(([name, content], i) => {
      mkdirSync(path.join(objects, 's/00'), { recursive: true });
      writeFileSync(path.join(objects, `s/00/${i}`), content, 'latin1');
      return { path: name, type: 'file', object: `s/00/${i}` } as Entry;
    });
  }
});
