import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Volume } from '../../src/core/engine';
import * as operations from '../../src/core/operations';
import type { Consistency, SnapshotEntry } from '../../src/core/snapshotEntry';
import { mariadb, postgresql, redis, startDatabase, untilAnswers, type DatabaseServer } from '../fixtures/databases';
import { Ledger } from '../fixtures/ledger';
import { Operations } from '../fixtures/operations';

/** `VFD_LONG=1` for as many runs as make a proof; else as many as a developer can wait for. */
const isLong = process.env['VFD_LONG'] === '1';

interface Case {
  server: DatabaseServer;
  runs: number;
  /** Prepares an empty server. */
  setUp: string;
  /** Works on other data of it meanwhile. */
  load: string;
  /** Prints each number of the ledger once it is acknowledged. */
  ledger: string;
  /** Prints all numbers of the ledger. */
  read: string;
  /** Fails when anything is damaged. */
  check: string;
}

const pgbench = 'pgbench -n -c 3 -T 600 > /dev/null';
const cases: Record<string, Case> = {
  PostgreSQL: {
    server: postgresql,
    runs: isLong ? 20 : 3,
    setUp: 'psql -qc "CREATE TABLE ledger (id bigserial PRIMARY KEY)" && pgbench -i -q -s 1',
    load: pgbench,
    ledger: 'yes "INSERT INTO ledger DEFAULT VALUES RETURNING id;" | psql -XAtq',
    read: 'psql -XAtqc "SELECT id FROM ledger"',
    check: `
      balances="$(psql -XAtqc "SELECT count(DISTINCT s) FROM (SELECT sum(abalance) s FROM pgbench_accounts
        UNION ALL SELECT sum(bbalance) FROM pgbench_branches UNION ALL SELECT sum(tbalance) FROM pgbench_tellers
        UNION ALL SELECT coalesce(sum(delta), 0) FROM pgbench_history) sums")"
      [ "$balances" = 1 ] || { echo "balances differ" >&2; exit 1; }
      /usr/lib/postgresql/15/bin/pg_amcheck --heapallindexed --install-missing -d postgres >&2`,
  },
  MariaDB: {
    server: mariadb,
    runs: 3,
    setUp: `mariadb -e "CREATE DATABASE d; CREATE TABLE d.ledger (id BIGINT AUTO_INCREMENT PRIMARY KEY);
      CREATE TABLE d.load_ (id INT PRIMARY KEY, pad CHAR(200), KEY (pad));
      INSERT INTO d.load_ SELECT seq, MD5(seq) FROM d.seq_1_to_2000"`,
    load: 'yes "UPDATE load_ SET pad = REPEAT(MD5(RAND()), 6) WHERE id < 2000 * RAND() LIMIT 5;" | mariadb d > /dev/null',
    ledger: 'yes "INSERT INTO ledger VALUES (); SELECT LAST_INSERT_ID();" | mariadb --unbuffered -N d',
    read: 'mariadb -Ne "SELECT id FROM d.ledger"',
    check:
      'mariadb -Ne "CHECK TABLE d.ledger, d.load_ EXTENDED" | tee /dev/stderr | grep -vq "status.OK" && exit 1 || true',
  },
  'Redis with an append-only file': {
    server: { ...redis, command: [...redis.command, '--appendonly', 'yes', '--appendfsync', 'always'] },
    runs: 3,
    setUp: 'true',
    load: 'redis-benchmark -s /tmp/redis.sock -q -l -t set,incr,lpush,hset -r 1000 > /dev/null',
    ledger: 'seq $(($(redis-cli LLEN ledger) + 1)) 1000000000 | sed -u "s/^/RPUSH ledger /" | redis-cli',
    read: 'redis-cli LRANGE ledger 0 -1',
    check: 'yes | redis-check-aof /var/lib/redis/appendonlydir/appendonly.aof.manifest >&2',
  },
};

for (const [name, database] of Object.entries(cases)) {
  describe(`${name} at work, at any moment`, function () {
    let ops: Operations;
    let volume: Volume;
    let id: string;
    before(async () => {
      ops = await Operations.connect();
      volume = await ops.test.createVolume();
      id = await startDatabase(ops.test, database.server, volume);
      await shell(id, database.setUp);
    });
    after(() => ops[Symbol.asyncDispose]());

    const shell = async (on: string, script: string) => (await ops.test.exec(on, ['sh', '-c', script])).toString();
    const numbersIn = async (on: string) =>
      (await shell(on, database.read)).trim().split('\n').filter(Boolean).map(Number);

    for (let run = 1; run <= database.runs; run++) {
      const consistency: Consistency = run % 2 === 0 ? 'application' : 'paused';
      it(`recovers whole from a snapshot, with all that was acknowledged before it (${run}, ${consistency})`, async () => {
        const before = await numbersIn(id);
        const ledger = await begin();
        let acknowledged: number[] = [];
        const onFreeze = () => (acknowledged = [...ledger.numbers]);
        const snapshot = await take(consistency, onFreeze);
        assert.ok(acknowledged.length > 0 && snapshot.frozenMs > 0);

        const expected = [...before, ...acknowledged];
        const onCopy = async () => {
          await assertWhole(await startDatabase(ops.test, database.server, await copyOf(snapshot)), expected);
        };
        const inPlace = async () => {
          await ledger.grow(1);
          await ops.restore(volume, snapshot);
          await untilAnswers(ops.test, id, database.server);
          return assertWhole(id, expected);
        };
        const [numbers] = await Promise.all([inPlace(), onCopy()]);
        assert.ok(numbers.length < before.length + ledger.numbers.length, 'what came after the snapshot is gone');
      });
    }

    if (isLong && name === 'PostgreSQL') {
      it('is found damaged in a snapshot that was taken while it worked: the checks above can fail', async () => {
        // Large enough to copy that there is a checkpoint between the first file and the last.
        await shell(id, 'pgbench -i -q -s 20');
        const ledger = await begin();
        await ops.test.startCommand(id, 'while :; do psql -qc CHECKPOINT; done');
        for (let attempt = 1; attempt <= 10; attempt++) {
          const acknowledged = [...ledger.numbers];
          const copy = await copyOf(await ops.snapshot(volume, { consistency: 'live' }));
          const damage = await startDatabase(ops.test, database.server, copy)
            .then((server) => assertWhole(server, acknowledged))
            .then(
              () => '',
              (error: unknown) => String(error),
            );
          if (/ended with [12]:|lost|PANIC|checkpoint record/.test(damage)) return;
        }
        assert.fail('ten snapshots in a row were whole by chance');
      });
    }

    async function begin(): Promise<Ledger> {
      await ops.test.startCommand(id, database.load);
      const ledger = await Ledger.start(ops.test, id, database.ledger);
      await ledger.grow(50);
      await sleep(Math.random() * 500);
      return ledger;
    }

    function take(consistency: Consistency, onFreeze: () => void): Promise<SnapshotEntry> {
      const request = { volume: volume.name, note: '', consistency };
      const onPhase = (phase: string) => phase === 'freeze' && onFreeze();
      return ops.run('snapshot', volume.name, (run) => operations.snapshotVolume(ops.host, request, run), { onPhase });
    }

    function copyOf(snapshot: SnapshotEntry): Promise<Volume> {
      return ops.restoreToNew(snapshot, ops.test.name(`copy-${Math.random().toString(36).slice(2, 8)}`));
    }

    /** Reads the ledger before anything is written to it. */
    async function assertWhole(server: string, acknowledged: readonly number[]): Promise<number[]> {
      const numbers = await numbersIn(server);
      const there = new Set(numbers);
      assert.deepEqual(
        acknowledged.filter((number) => !there.has(number)),
        [],
        'lost',
      );
      await shell(server, database.check);
      return numbers;
    }
  });
}
