import * as assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { startAgent } from './agentProcess';
import { useDisk } from './disk';
import { never, request, Sandbox } from './sandbox';

describe('the way back of a restore', function () {
  this.timeout(60_000);
  const disk = useDisk('ext4', 256);

  /** What the catalog says: an id, or none. */
  function wayBack(box: Sandbox): string | undefined {
    const at = path.join(box.store, 'catalog', 'app_data.back');
    if (!fs.existsSync(at)) return undefined;
    const { volume, safety } = JSON.parse(fs.readFileSync(at, 'utf8')) as { volume: string; safety: string };
    assert.equal(volume, 'app_data');
    return safety;
  }

  /** A volume that was restored; the ids are of its snapshot and of the safety snapshot. */
  async function restored() {
    const box = new Sandbox(disk.path);
    box.write('file', 'good');
    const snapshot = await box.snapshot();
    box.write('file', 'bad');
    assert.equal(wayBack(box), undefined);
    await box.restore(snapshot, { afterSafetyPass: () => {} });
    const safety = box.stored('snapshots').find((id) => id !== snapshot.id)!;
    return { box, snapshot, safety };
  }

  it('is in the catalog from the end of the switch, and the next restore has another', async () => {
    const { box, safety } = await restored();
    assert.equal(wayBack(box), safety);
    await box.restore({ id: safety }, { afterSafetyPass: () => {} });
    assert.equal(fs.readFileSync(box.file('file'), 'utf8'), 'bad');
    assert.ok(![undefined, safety].includes(wayBack(box)));
  });

  it('stays when the volume is put in order, and goes with the snapshot it leads to', async () => {
    const { box, safety } = await restored();
    await box.ask('store.clean', { volume: 'app_data' });
    assert.equal(wayBack(box), safety);
    await box.delete({ id: safety });
    assert.equal(wayBack(box), undefined);
  });

  for (const [what, end] of [
    ['the next snapshot', (box: Sandbox) => box.snapshot()],
    ['one that dies before it has said so', dyingSnapshot],
  ] as const) {
    it(`ends with ${what}, also when that is deleted`, async () => {
      const { box } = await restored();
      const newer = await end(box);
      assert.equal(wayBack(box), undefined);
      await box.delete(newer);
      assert.equal(wayBack(box), undefined);
    });
  }

  /** What recovery finds of an agent that was killed right after its commit. */
  async function dyingSnapshot(box: Sandbox) {
    const at = path.join(box.store, 'catalog', 'app_data.back');
    const back = fs.readFileSync(at);
    const newer = await box.snapshot();
    fs.writeFileSync(at, back);
    await box.ask('store.clean', { volume: 'app_data' });
    return newer;
  }

  it('is not there after a restore without a safety snapshot, into a new volume of that name', async () => {
    const { box, snapshot } = await restored();
    await box.restore(snapshot);
    assert.equal(wayBack(box), undefined);
  });

  for (const [direction, outcome] of [
    ['decided', 'is there when recovery does what an agent that died had prepared'],
    ['back', 'is not there when that is turned back'],
  ] as const) {
    it(outcome, async () => {
      const { box, snapshot, safety } = await restored();
      const { process, session } = await startAgent(box);
      await session.request('snapshot.begin', { volume: box.spec }, { signal: never });
      const goal = { ...box.goal(snapshot), safety: { ...request, kind: 'safety' as const } };
      await session.request('restore.prepare', goal, { signal: never });
      process.kill('SIGKILL');
      await session[Symbol.asyncDispose]();
      assert.equal(wayBack(box), undefined, 'nothing has ended well yet, but what was tried');
      await box.ask('restore.resume', { target: box.spec, direction });
      const third = box.stored('snapshots').find((id) => id !== snapshot.id && id !== safety);
      assert.equal(wayBack(box), direction === 'back' ? undefined : third);
    });
  }
});
