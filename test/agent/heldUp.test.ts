import * as assert from 'node:assert/strict';
import * as fs from 'node:fs';
import { setTimeout } from 'node:timers/promises';
import { Cancelled } from '../../src/core/failure';
import type { PhaseName } from '../../src/core/timings/record';
import { startAgent } from './agentProcess';
import { useDisk } from './disk';
import { many, manyFiles } from './manyFiles';
import { assertSameTree, describeTree, restoreWith, Sandbox } from './sandbox';

describe('an agent that is held up', function () {
  this.timeout(60_000);
  const disk = useDisk('ext4', 1024);

  async function damaged() {
    const box = new Sandbox(disk.path);
    await manyFiles(box);
    const before = describeTree(box.volume);
    const snapshot = await box.snapshot();
    for (let n = 0; n < many; n++) box.write(`folder${n % 7}/file${n}`, 'damaged');
    return { box, goal: box.goal(snapshot), before, damaged: describeTree(box.volume) };
  }

  const isPending = (box: Sandbox) => fs.existsSync(`${box.store}/volumes/app_data/pending.json`);

  it('on the brink of a switch, with a cancel on its way, does all of it or nothing', async () => {
    const { box, goal, ...trees } = await damaged();
    const controller = new AbortController();
    const outcome = await (async () => {
      const { process, session } = await startAgent({ store: box.store, volume: box.volume });
      await using agent = session;
      const onProgress = ({ phase }: { phase: PhaseName }) => {
        if (phase !== 'plan' || controller.signal.aborted) return;
        process.kill('SIGSTOP');
        controller.abort();
        // Longer than the host waits for what may be taken for cancelled.
        void setTimeout(3_300).then(() => process.kill('SIGCONT'));
      };
      return await restoreWith(agent, goal, { signal: controller.signal, onProgress }).then(
        () => 'before' as const,
        (error: unknown) => {
          assert.ok(error instanceof Cancelled, String(error));
          return 'damaged' as const;
        },
      );
    })();
    assert.equal(isPending(box), false);
    assertSameTree(describeTree(box.volume), trees[outcome]);
  });

  it('in a switch is not ended by a host that leaves', async () => {
    const { box, goal, before } = await damaged();
    const { process, session } = await startAgent({ store: box.store, volume: box.volume });
    const critical = Promise.withResolvers<void>();
    const asked = restoreWith(session, goal, {
      onProgress: (progress) => {
        if (progress.critical) critical.resolve();
      },
    });
    await critical.promise;
    process.kill('SIGSTOP');
    void setTimeout(2_500).then(() => process.kill('SIGCONT'));
    await Promise.all([asked, session[Symbol.asyncDispose]()]);
    assert.equal(isPending(box), false);
    assertSameTree(describeTree(box.volume), before);
  });
});
