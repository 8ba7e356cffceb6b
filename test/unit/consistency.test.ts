import assert from 'node:assert/strict';
import { askedConsistency } from '../../src/core/consistency/level';
import { commandFrom, labelledHooks, timeoutFrom } from '../../src/core/consistency/hookLabels';
import { hooksOf } from '../../src/core/consistency/hooks';
import { databaseOf, declaredDatabase } from '../../src/core/consistency/databaseOf';
import { presets } from '../../src/core/consistency/presets';
import { majorOf, type DatabaseKind } from '../../src/core/database';
import type { ContainerDetails } from '../../src/core/engine';
import { container as named } from './containers';
import { isFailure } from '../../src/core/failure';

const container = (over: Partial<ContainerDetails> = {}) => named('db', over);
const volume = (labels: Record<string, string> = {}) => ({ name: 'data', labels });

describe('which consistency is asked for', () => {
  const asked = (label: string | undefined, chosen?: 'live') =>
    askedConsistency(label === undefined ? {} : { 'dockervolumes.consistency': label }, { chosen, usual: 'paused' });

  it('the one that was chosen, else the label of the volume, else the setting', () => {
    assert.deepEqual(asked('stopped', 'live'), { consistency: 'live' });
    assert.deepEqual(asked('stopped'), { consistency: 'stopped' });
    assert.deepEqual(asked(' application\n'), { consistency: 'application' });
    assert.deepEqual(asked(undefined), { consistency: 'paused' });
  });

  it('a label that is no level counts for nothing, and is told', () => {
    assert.deepEqual(asked('stoped'), { consistency: 'paused', invalid: 'stoped' });
    assert.deepEqual(asked('', 'live'), { consistency: 'live', invalid: '' });
  });
});

describe('a label with a command', () => {
  const cases: [text: string, words: string[] | undefined][] = [
    ['["sh", "-c", "echo $HOME"]', ['sh', '-c', 'echo $HOME']],
    [' [ "touch", "/a b" ]\n', ['touch', '/a b']],
    ['fsfreeze -f /data && echo "done"', ['sh', '-c', 'fsfreeze -f /data && echo "done"']],
    ['[ "$MODE" = busy ] || sync', ['sh', '-c', '[ "$MODE" = busy ] || sync']],
    ['"quoted"', ['sh', '-c', '"quoted"']],
    ['42', ['sh', '-c', '42']],
    ['', []],
    [' \n', []],
    ['[]', []],
    ['["sh", "-c"', undefined],
    ['["sh", 1]', undefined],
    ['[1, 2]', undefined],
    ['[""]', undefined],
  ];
  for (const [text, words] of cases) {
    it(`${JSON.stringify(text)} is ${words ? JSON.stringify(words) : 'not understood'}`, () =>
      assert.deepEqual(commandFrom(text), words));
  }
});

describe('a label with a timeout', () => {
  const cases: [string, number | undefined][] = [
    ['30', 30_000],
    [' 5s ', 5_000],
    ['2m', 120_000],
    ['60m', 3_600_000],
    ['61m', undefined],
    ['0', undefined],
    ['-1', undefined],
    ['1.5', undefined],
    ['soon', undefined],
    ['', undefined],
  ];
  for (const [text, ms] of cases) it(`${JSON.stringify(text)} is ${ms}`, () => assert.equal(timeoutFrom(text), ms));
});

describe('labels of hooks', () => {
  it('of the container win over those of its volume, a command together with the one that undoes it', () => {
    const onVolume = volume({
      'dockervolumes.pre': 'lock',
      'dockervolumes.post': 'unlock',
      'dockervolumes.user': 'app',
    });
    assert.deepEqual(labelledHooks(container(), [onVolume]), {
      pre: ['sh', '-c', 'lock'],
      post: ['sh', '-c', 'unlock'],
      user: 'app',
      timeoutMs: 30_000,
    });
    const own = container({ labels: { 'dockervolumes.pre': '["own"]', 'dockervolumes.timeout': '5' } });
    assert.deepEqual(labelledHooks(own, [volume(), onVolume]), { pre: ['own'], user: 'app', timeoutMs: 5_000 });
  });

  it('that are not understood are named, with whose they are', () => {
    const named = (labels: Record<string, string>, from: Record<string, string> = {}) => {
      try {
        labelledHooks(container({ labels }), [volume(from)]);
      } catch (error) {
        return isFailure(error, 'labelInvalid') ? error.details : error;
      }
      return assert.fail('was understood');
    };
    const pre = { label: 'dockervolumes.pre', value: '["a', on: 'db' };
    assert.deepEqual(named({ 'dockervolumes.pre': '["a' }), pre);
    const timeout = { label: 'dockervolumes.timeout', value: 'long', on: 'data' };
    assert.deepEqual(named({}, { 'dockervolumes.timeout': 'long' }), timeout);
    assert.deepEqual(named({ 'dockervolumes.user': ' ' }), { label: 'dockervolumes.user', value: ' ', on: 'db' });
  });
});

describe('which database a container is', () => {
  const mounts = (destination: string) => [{ type: 'volume', name: 'v', source: '', destination, readOnly: false }];
  const cases: [what: string, Partial<ContainerDetails>, DatabaseKind | undefined][] = [
    ['its image', { image: 'postgres:16' }, 'postgresql'],
    ['its image, from another registry', { image: 'localhost:5000/mirror/mariadb@sha256:0ab' }, 'mariadb'],
    ['its image of another vendor', { image: 'bitnami/postgresql:15' }, 'postgresql'],
    ['its image, Valkey', { image: 'valkey/valkey' }, 'redis'],
    ['its image, which only has a name that begins so', { image: 'postgres-backup:1' }, undefined],
    ['its program', { programs: ['entrypoint.sh', 'mongod'] }, 'mongodb'],
    ['its variables', { variables: ['PATH', 'POSTGRES_PASSWORD'] }, 'postgresql'],
    [
      'its variables, MariaDB with those of MySQL',
      { variables: ['MYSQL_ROOT_PASSWORD', 'MARIADB_VERSION'] },
      'mariadb',
    ],
    ['its variables, of a client', { variables: ['MYSQL_HOST', 'REDIS_URL', 'POSTGRES_HOST'] }, undefined],
    ['where its volume is', { mounts: mounts('/var/lib/postgresql/data') }, 'postgresql'],
    ['where its volume is, for anybody', { mounts: mounts('/data') }, undefined],
    ['nothing', {}, undefined],
  ];
  for (const [what, over, expected] of cases) {
    it(`by ${what}: ${expected ?? 'none'}`, () => assert.equal(databaseOf(container(over)), expected));
  }

  it('is decided by what runs in it, where that is known', () => {
    assert.equal(databaseOf(container({ image: 'shop/backend' }), ['node', 'postgres']), 'postgresql');
    assert.equal(databaseOf(container({ image: 'postgres:16' }), ['sh', 'pg_dump']), undefined);
    assert.equal(databaseOf(container({ variables: ['MARIADB_USER'] }), ['mysqld']), 'mariadb');
    assert.equal(databaseOf(container(), ['docker-init', 'mysqld']), 'mysql');
  });

  it('and its version, as its image says', () => {
    const declared = (over: Partial<ContainerDetails>) => declaredDatabase(container(over));
    assert.deepEqual(declared({ image: 'postgres:15-alpine' }), { kind: 'postgresql', version: '15' });
    assert.deepEqual(declared({ image: 'postgres:latest', versions: { PG_MAJOR: '17' } }), {
      kind: 'postgresql',
      version: '17',
    });
    assert.deepEqual(declared({ image: 'mariadb', versions: { MARIADB_VERSION: '1:11.4.2+maria~ubu2404' } }), {
      kind: 'mariadb',
      version: '11.4.2',
    });
    assert.deepEqual(declared({ image: 'shop/db:3', programs: ['redis-server'] }), { kind: 'redis' });
    assert.deepEqual(declared({ image: 'sha256:7ab1', variables: ['PGDATA'] }), { kind: 'postgresql' });
    assert.equal(declared({ image: 'node:24' }), undefined);
  });
});

describe('the major version of a database', () => {
  const cases: [DatabaseKind, string | undefined, string | undefined][] = [
    ['postgresql', '15', '15'],
    ['postgresql', '15.6', '15'],
    ['postgresql', '9.6.24', '9.6'],
    ['mariadb', '10.11.18-MariaDB', '10.11'],
    ['mysql', '8.4.0', '8.4'],
    ['redis', '7.0.15', '7'],
    ['mongodb', undefined, undefined],
  ];
  for (const [kind, version, major] of cases) {
    it(`${kind} ${version ?? 'of unknown version'}: ${major ?? 'unknown'}`, () =>
      assert.equal(majorOf({ kind, ...(version !== undefined && { version }) }), major));
  }
});

describe('what is run in a container', () => {
  const postgres = container({ image: 'postgres:16' });

  it('what its labels say, with or without a known database', () => {
    const labels = { 'dockervolumes.pre': 'lock', 'dockervolumes.timeout': '5' };
    assert.deepEqual(hooksOf({ ...postgres, labels }, [volume()], ['postgres']), {
      origin: 'labels',
      pre: { command: ['sh', '-c', 'lock'], timeoutMs: 5_000 },
    });
  });

  it('else what is known of its database, as a user that a label may name', () => {
    const script = ['sh', '-c', presets.postgresql.script];
    const prepare = { command: script, user: 'postgres', timeoutMs: 30_000 };
    assert.deepEqual(hooksOf(postgres, [volume()], ['postgres']), { origin: 'postgresql', prepare });
    const labels = { 'dockervolumes.user': '999' };
    assert.equal(hooksOf({ ...postgres, labels }, [volume()], undefined)?.prepare?.user, '999');
  });

  it('nothing in a container that is no database, or whose label says so', () => {
    assert.equal(hooksOf(container(), [volume()], ['nginx']), undefined);
    assert.equal(hooksOf({ ...postgres, labels: { 'dockervolumes.pre': '' } }, [volume()], ['postgres']), undefined);
  });

  it('no preset leaves a lock, so none has to be undone', () => {
    for (const { script } of Object.values(presets))
      assert.doesNotMatch(script, /\block\b(?!_wait)|fsyncLock|READ LOCK/i);
  });
});
