import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Volume } from '../../src/core/engine';
import * as operations from '../../src/core/operations';
import type { SnapshotEntry } from '../../src/core/snapshotEntry';
import { randomFrom } from '../bench/generate/random';
import { nextConnection } from '../fixtures/killing/point';
import { assertNothingLeft } from '../fixtures/killing/promises';
import { isLong, seed } from '../fixtures/killing/points';
import { extensionHost, helper } from '../fixtures/killing/victims';
import { Operations } from '../fixtures/operations';
import { OwnerProcess } from '../fixtures/owner';
import { until } from '../fixtures/until';

/** From the decision on: in which the volumes are switched. */
const decisionMs = 400;

describe('volumes restored together, when one that works on them is killed around the decision', function () {
  let ops: Operations;
  let volumes: Volume[];
  let app: string;
  let snapshots: SnapshotEntry[];
  let reports: string;
  before(async () => {
    ops = await Operations.connect();
    reports = mkdtempSync(path.join(tmpdir(), 'reports-'));
    volumes = [await ops.test.createVolume(), await ops.test.createVolume()];
    await write('old');
    snapshots = await ops.run('snapshot', 'both', (run) =>
      operations.snapshotVolumes(ops.host, { volumes: volumes.map(({ name }) => name), note: '' }, run),
    );
    app = await ops.test.startContainer(volumes);
  });
  after(async () => {
    await ops[Symbol.asyncDispose]();
    rmSync(reports, { recursive: true });
  });

  const binds = () => volumes.map(({ name }, i) => `${name}:/v${i}`);
  const inBoth = (script: string) => ops.test.run(undefined, ['sh', '-c', script], { binds: binds() });
  const write = (text: string) => inBoth(`for v in /v0 /v1; do for f in a b c; do echo ${text} > $v/$f; done; done`);
  const read = async () => [...new Set((await inBoth('cat /v?/*')).toString().trim().split('\n'))];
  const restoring = () =>
    new OwnerProcess({
      namespace: ops.test.prefix,
      volume: volumes[0]!.name,
      freezeBudgetMs: 10_000,
      reports,
      restore: snapshots[0]!,
      alsoRestore: [snapshots[1]!],
    });

  for (const [name, { victim, of }] of Object.entries({
    'the extension host': { victim: extensionHost, of: 0 },
    'the helper that is told': { victim: helper, of: 0 },
    'the other helper': { victim: helper, of: 1 },
  })) {
    const random = randomFrom(`${seed} ${name}`);
    for (let point = 1; point <= (isLong ? 20 : 2); point++) {
      // Most of them near it.
      const after = decisionMs * random.next() ** 3;
      it(`${name}: all are what they were, or all are restored (${point}, VFD_SEED=${seed})`, async () => {
        await write('new');
        await using owner = restoring();
        await owner.says('deciding');
        await sleep(after);
        await victim.kill({ ops }, owner, volumes[of]!);
        await victim.aftermath({ ops }, owner, volumes);
        await nextConnection(ops, reports);
        const found = await read();
        assert.equal(found.length, 1, `mixed: ${found.join(' and ')}`);
        if (owner.lines.includes('done')) assert.deepEqual(found, ['old']);
        await until(async () => (await ops.test.stateOf(app)) === 'running', 30_000, 'the app runs again');
        await assertNothingLeft(ops);
      });
    }
  }
});
