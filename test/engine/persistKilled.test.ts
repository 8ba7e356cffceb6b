import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import * as operations from '../../src/core/operations';
import { never } from '../fixtures/engine';
import { nextConnection } from '../fixtures/killing/point';
import { Operations } from '../fixtures/operations';
import { OwnerProcess } from '../fixtures/owner';
import type { OwnerOrder } from './owner.main';

describe('a persist whose owner is killed', function () {
  let ops: Operations;
  let reports: string;
  let id: string;
  before(async () => {
    ops = await Operations.connect();
    reports = await mkdtemp(path.join(tmpdir(), 'reports-'));
  });
  after(async () => {
    await rm(reports, { recursive: true });
    await ops[Symbol.asyncDispose]();
  });
  beforeEach(async () => {
    const command = ['sh', '-c', 'mkdir -p /srv/data; echo $HOSTNAME >> /srv/data/file; exec sleep infinity'];
    id = await ops.test.startContainer([], {
      command,
      name: 'app',
      StopSignal: 'SIGKILL',
      RestartPolicy: { Name: 'always' },
    } as never);
  });
  afterEach(async () => {
    await ops.test.removeContainersOf('app');
    await ops.assertNothingLeft();
  });

  /** One of the two runs, under the name, and as it was to run; the other one stands still. */
  async function runningOne(): Promise<string> {
    const all = (await ops.test.engine.listContainers(never)).filter(({ name }) =>
      name.startsWith(ops.test.name('app')),
    );
    const running = all.filter(({ state }) => state === 'running');
    assert.deepEqual(
      running.map(({ name }) => name),
      [ops.test.name('app')],
    );
    const found = await ops.test.engine.inspectContainer(running[0]!.id, never);
    assert.equal(found.restartPolicy.Name, 'always');
    assert.match((await ops.test.exec(found.id, ['cat', '/srv/data/file'])).toString(), /\w/);
    for (const other of all.filter((each) => each.id !== found.id)) {
      assert.equal((await ops.test.engine.inspectContainer(other.id, never)).restartPolicy.Name, 'no');
    }
    return found.id;
  }

  const kill = async (order: Partial<OwnerOrder>, volume: string) => {
    const all = { namespace: ops.test.prefix, volume, freezeBudgetMs: 10_000, reports, ...order };
    await using dying = new OwnerProcess(all);
    await dying.says('halted');
    dying.signal('SIGKILL');
    return (await nextConnection(ops, reports))
      .map(({ replaced, notReplaced }) => [...replaced, ...notReplaced.map((name) => `not ${name}`)])
      .flat();
  };

  for (const [haltAfter, goesOn] of [
    ['stop', false],
    ['renameContainer', false],
    ['createLike', false],
    ['start', true],
  ] as const) {
    it(`after ${haltAfter}: the ${goesOn ? 'new' : 'old'} container runs, and never both`, async () => {
      const volume = ops.test.name(`killed-${haltAfter.toLowerCase()}`);
      const told = await kill({ persist: { container: id, path: '/srv/data' }, haltAfter }, volume);
      assert.deepEqual(told, [`${goesOn ? '' : 'not '}${ops.test.name('app')}`]);
      assert.equal((await runningOne()) === id, !goesOn);
    });
  }

  for (const [haltAfter, goesBack] of [
    ['renameContainer', false],
    ['start', true],
  ] as const) {
    it(`in an undo, after ${haltAfter}: the ${goesBack ? 'old' : 'new'} container runs, and never both`, async () => {
      const name = ops.test.name(`undone-${haltAfter.toLowerCase()}`);
      const spec = { name, driver: 'local', labels: {}, options: {} };
      const { replaced, container } = await ops.run('persist', name, (run) =>
        operations.persist(ops.host, { container: id, path: '/srv/data', spec }, run),
      );
      await kill({ undoPersist: replaced.id, haltAfter }, name);
      assert.equal(await runningOne(), goesBack ? id : container.id);
    });
  }
});
