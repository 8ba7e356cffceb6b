import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import type { Volume } from '../../src/core/engine';
import * as operations from '../../src/core/operations';
import { never } from '../fixtures/engine';
import { failing } from '../fixtures/failingEngine';
import { Operations } from '../fixtures/operations';

const canary = 'c4n4ry-0f-4-secret';

describe('the secrets of a container', function () {
  let ops: Operations;
  let volume: Volume;
  before(async () => void (ops = await Operations.connect()));
  after(() => ops[Symbol.asyncDispose]());
  beforeEach(async () => {
    volume = await ops.test.createVolume();
    // In its environment, in its arguments, in a label, and in what its commands say.
    await ops.test.startContainer([volume], {
      env: [`POSTGRES_PASSWORD=${canary}`, `DATABASE_URL=postgres://user:${canary}@db/shop`],
      command: ['sh', '-c', 'trap "exit 0" TERM; sleep infinity & wait', `--token=${canary}`],
      labels: {
        'app.token': canary,
        'dockervolumes.pre': 'echo before $POSTGRES_PASSWORD',
        'dockervolumes.post': 'echo after $POSTGRES_PASSWORD; exit 3',
      },
    });
  });

  function assertNone(what: string, text: string): void {
    assert.ok(text.length > 0, `there is something of ${what}`);
    assert.ok(!text.includes(canary), `${what}: ${text.slice(Math.max(0, text.indexOf(canary) - 200))}`);
  }

  /** Labels, arguments and environment of every container that we made. */
  async function ownContainers(): Promise<string> {
    const names = await ops.test.ownContainerNames();
    return JSON.stringify(await Promise.all(names.map((name) => ops.test.docker.getContainer(name).inspect())));
  }

  /** Arguments and environment of this process's children: the watchdog. */
  function ownProcesses(): string {
    const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
    const children = pids.filter(
      (pid) => read(`/proc/${pid}/stat`).split(') ')[1]?.split(' ')[1] === String(process.pid),
    );
    return children.map((pid) => read(`/proc/${pid}/cmdline`) + read(`/proc/${pid}/environ`)).join('\n');
  }

  /** All of the store, but for the content of files. */
  const store = async () => {
    const { facts, names } = ops.test.engine.connection;
    const binds = [`${facts.rootFolder}/${names.storeFolder}:/store:ro`];
    return (
      await ops.test.run(undefined, ['sh', '-c', 'cd /store; grep -r "" catalog volumes/*/snapshots/*/entry.json'], {
        binds,
      })
    ).toString();
  };

  it('are in no label, argument, record, log or file of ours', async () => {
    let frozen = '';
    const pause = async (id: string) => {
      await ops.test.engine.pause(id);
      frozen = (await ownContainers()) + ownProcesses();
    };
    const host = { ...ops.host, engine: failing(ops.test.engine, { pause }) };
    const snapshot = await ops.snapshot(volume, { consistency: 'application' }, host);
    await ops.restore(volume, snapshot);
    assertNone('containers and processes in the freeze', frozen);
    assert.match(frozen, /watchdog\.js/);
    assertNone('the store', await store());
    assertNone('the records', JSON.stringify(ops.records));
    assertNone('the catalog', JSON.stringify((await ops.test.engine.readCatalog(never)).snapshots));
    assertNone('the log', ops.test.log.join('\n'));
    // What the command after the freeze said is for people, and in no log.
    assert.equal(ops.saidBeside.length, 1);
    assertNone('the failure that is logged', String(ops.saidBeside[0]));
  });

  it('are not among what is known of it', async () => {
    const run = { signal: never };
    const [user] = await operations.stoppedForRestore(ops.test.engine, [volume], run.signal);
    const { labels, ...known } = user!;
    assertNone('its details', JSON.stringify(known));
    assert.equal(labels['app.token'], canary, 'labels are what the user asks us by');
  });

  it('nor are those of the address of an engine', async () => {
    const lost = ops.test.connectAgain(undefined, { engine: `tcp://user:${canary}@127.0.0.1:1` });
    const error = await lost.then(
      () => assert.fail('it was found'),
      (error: unknown) => error,
    );
    assertNone('the error', String(error) + String((error as Error).cause));
    assertNone('the log', ops.test.log.join('\n'));
  });
});

function read(path: string): string {
  try {
    return readFileSync(path, 'latin1');
  } catch {
    return ''; // it has ended
  }
}
