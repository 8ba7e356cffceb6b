import assert from 'node:assert/strict';
import { assertSameTree } from '../agent/sandbox';
import { randomFrom } from '../bench/generate/random';
import { assertGoesOn, killAt, nextConnection } from '../fixtures/killing/point';
import { isLong, seed } from '../fixtures/killing/points';
import { PrivateOperations } from '../fixtures/killing/privateOperations';
import { assertHolds, assertNothingLeft, assertRuns, listed } from '../fixtures/killing/promises';
import { begin, ownerOf, reportsIn, type Killed, type Scene } from '../fixtures/killing/scene';
import * as victims from '../fixtures/killing/victims';

const points = isLong ? 20 : 2;

/** Elsewhere there is no engine that a test may kill. */
const describeOnLinux = process.platform === 'linux' && process.getuid?.() === 0 ? describe : describe.skip;

describeOnLinux('killed at random moments', function () {
  this.timeout(isLong ? 1_200_000 : 180_000);
  let stage: PrivateOperations;
  let scene: Scene;
  before(async () => {
    stage = await PrivateOperations.start();
    scene = await begin(stage);
  });
  after(() => stage[Symbol.asyncDispose]());

  const cases = {
    'the extension host': victims.extensionHost,
    'the helper': victims.helper,
    'the engine': victims.engine,
    ...(isLong && { 'the engine and the extension host': victims.machine }),
  };
  for (const [name, victim] of Object.entries(cases)) {
    describe(name, () => {
      const random = randomFrom(`${seed} ${name}`);
      const hits: string[] = [];

      for (let point = 1; point <= points; point++) {
        const kind: Killed = point % 2 === 1 ? 'snapshot' : 'restore';
        const moments = Array.from({ length: 5 }, () => random.next());
        it(`in a ${kind} (${point}, VFD_SEED=${seed})`, async () => {
          for (const moment of moments) {
            const hit = await killAt(moment, scene, kind, victim);
            if (hit === undefined) continue; // the operation was quicker than ever before, or its helper not there
            hits.push(hit);
            if (isLong || point === points) await assertGoesOn(scene);
            return;
          }
          assert.fail('there was never anything to kill');
        });
      }

      afterEach(async function () {
        if (this.currentTest?.state === 'failed') scene = await begin(stage, scene.durations); // the next one is not to fail of this
      });
      if (isLong) after(() => console.log(tally(hits)));
    });
  }

  it('the engine and the extension host, in a switch: nothing starts before recovery has finished it', async () => {
    const { app, base, trees } = scene;
    app.change('switched');
    await using owner = ownerOf(scene, 'restore');
    await owner.says('switch');
    await victims.machine.kill(stage, owner, app.volume);
    await victims.machine.aftermath(stage, owner, [app.volume]);
    assert.notEqual(await app.state(), 'running', 'no database starts on half-switched files');
    await nextConnection(stage.ops, reportsIn(scene));
    assertSameTree(await app.treeAtRest(), trees.get(base.id)!);
    await assertRuns(stage.ops, app);
    await assertNothingLeft(stage.ops);
    const made = (await listed(stage.ops, app)).find(({ id }) => !trees.has(id))!;
    trees.set(made.id, app.noted('stopped')!);
  });

  describe('afterwards', () => {
    it('every snapshot is what it was when it was taken', async () => {
      for (const snapshot of await listed(stage.ops, scene.app)) {
        await assertHolds(stage.ops, snapshot, scene.trees.get(snapshot.id)!);
      }
    });
  });
});

function tally(hits: readonly string[]): string {
  const kinds = [...new Set(hits)].sort();
  return kinds.map((kind) => `      ${hits.filter((hit) => hit === kind).length} × ${kind}`).join('\n');
}
