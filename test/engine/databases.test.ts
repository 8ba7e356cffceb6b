import assert from 'node:assert/strict';
import type { Volume } from '../../src/core/engine';
import type { Consistency } from '../../src/core/snapshotEntry';
import { databasesImage, mariadb, postgresql, redis, startDatabase } from '../fixtures/databases';
import { never } from '../fixtures/engine';
import { rejectsWith } from '../fixtures/failures';
import { Operations } from '../fixtures/operations';

describe('what is known of databases', function () {
  let ops: Operations;
  before(async () => void (ops = await Operations.connect()));
  after(() => ops[Symbol.asyncDispose]());
  afterEach(() => ops.assertNothingLeft());

  const snapshot = (volume: Volume, consistency: Consistency = 'application') => ops.snapshot(volume, { consistency });
  const exec = async (id: string, ...command: string[]) => (await ops.test.exec(id, command)).toString().trim();
  const copyOf = async (volume: Volume, consistency: Consistency) =>
    ops.restoreToNew(await snapshot(volume, consistency), ops.test.name(`copy-${Math.random()}`));

  describe('PostgreSQL', () => {
    let volume: Volume;
    let id: string;
    before(async () => {
      volume = await ops.test.createVolume();
      id = await startDatabase(ops.test, postgresql, volume);
    });
    const sql = (text: string, on = id) => exec(on, 'psql', '-XAtqc', text);
    const checkpoint = () => sql('SELECT redo_lsn FROM pg_control_checkpoint()');

    it('has a checkpoint before anything is copied, and none where it is only paused', async () => {
      const before = await checkpoint();
      await sql('CREATE TABLE t AS SELECT generate_series(1, 1000) AS id');
      await snapshot(volume, 'paused');
      assert.equal(await checkpoint(), before);
      const { consistency, users } = await snapshot(volume);
      assert.notEqual(await checkpoint(), before);
      const { name } = await ops.test.engine.inspectContainer(id, never);
      assert.equal(consistency, 'application');
      assert.equal(users.find((user) => user.name === name)?.hooks, 'postgresql');
    });

    it('is recorded with its version, which its files tell', async () => {
      const { databases } = await snapshot(volume, 'live');
      assert.deepEqual(databases, [{ kind: 'postgresql', version: '15' }]);
    });

    it('that refuses us is told, with what it says', async () => {
      const other = await startDatabase(ops.test, postgresql, await ops.test.createVolume('refusing'), {
        labels: { 'dockervolumes.user': 'www-data' },
      });
      const refusing = await ops.test.engine.inspectVolume(ops.test.name('refusing'), never);
      const { details } = await rejectsWith('databaseNotPrepared', snapshot(refusing), { database: 'postgresql' });
      assert.match(details.output, /Peer authentication failed/);
      assert.equal(await ops.test.stateOf(other), 'running');
    });
  });

  describe('MariaDB', () => {
    const password = 'canary-of-a-password';
    let volume: Volume;
    let id: string;
    before(async () => {
      volume = await ops.test.createVolume();
      id = await startDatabase(ops.test, mariadb, volume, { env: [`MARIADB_ROOT_PASSWORD=${password}`] });
      // As in official images: nobody comes in without a password.
      await exec(id, 'mariadb', '-e', `ALTER USER root@localhost IDENTIFIED BY '${password}'`);
      await sql('DROP USER mysql@localhost; CREATE DATABASE d; CREATE TABLE d.t (id INT) ENGINE=MyISAM');
    });
    const sql = (text: string) => exec(id, 'mariadb', '-uroot', `-p${password}`, '-Ne', text);
    const check = async (copy: Volume) =>
      (
        await ops.test.run(copy, ['sh', '-c', 'myisamchk -s /data/d/t.MYI 2>&1; true'], { image: databasesImage })
      ).toString();

    it('has closed the tables that a crash would damage, by the password that its image has', async () => {
      await sql('INSERT INTO d.t VALUES (1)');
      assert.match(await check(await copyOf(volume, 'paused')), /hasn't closed the table properly/);
      assert.equal(await check(await copyOf(volume, 'application')), '');
      const seen = JSON.stringify([ops.test.log, ops.records, await ops.test.engine.readCatalog(never)]);
      assert.ok(!seen.includes(password));
    });

    it('is recorded with its version, which its files tell', async () => {
      const [database] = (await snapshot(volume, 'live')).databases ?? [];
      assert.equal(database?.kind, 'mariadb');
      assert.match(database.version ?? '', /^10\.11\.\d+-MariaDB$/);
    });

    it('that refuses us is told, with what it says but no password', async () => {
      await sql("ALTER USER root@localhost IDENTIFIED BY 'another'");
      const { details } = await rejectsWith('databaseNotPrepared', snapshot(volume), { database: 'mariadb' });
      assert.match(details.output, /Access denied for user 'root'@'localhost'/);
      assert.doesNotMatch(JSON.stringify(details), /canary/);
    });
  });

  describe('Redis', () => {
    let volume: Volume;
    let id: string;
    before(async () => {
      volume = await ops.test.createVolume();
      id = await startDatabase(ops.test, redis, volume);
    });
    const cli = (...command: string[]) => exec(id, 'redis-cli', ...command);
    const filesIn = async (copy: Volume) => (await ops.test.run(copy, ['ls', '/data'])).toString();

    it('without an append-only file has saved, and nothing is new on its disk where it is only paused', async () => {
      await cli('SET', 'key', 'value');
      assert.equal(await filesIn(await copyOf(volume, 'paused')), '');
      const copy = await copyOf(volume, 'application');
      const server = await startDatabase(ops.test, redis, copy);
      assert.equal(await exec(server, 'redis-cli', 'GET', 'key'), 'value');
    });

    it('is recorded with its version, which its files tell', async () => {
      const [database] = (await snapshot(volume, 'live')).databases ?? [];
      assert.equal(database?.kind, 'redis');
      assert.match(database.version ?? '', /^7\.0\.\d+$/);
    });

    it('that is to keep nothing on disk does not', async () => {
      await exec(id, 'rm', '/var/lib/redis/dump.rdb');
      await cli('CONFIG', 'SET', 'save', '');
      assert.equal(await filesIn(await copyOf(volume, 'application')), '');
    });

    it('that refuses us is told, with what it says', async () => {
      await cli('CONFIG', 'SET', 'requirepass', 'another');
      const { details } = await rejectsWith('databaseNotPrepared', snapshot(volume), { database: 'redis' });
      assert.match(details.output, /NOAUTH/);
    });
  });
});
