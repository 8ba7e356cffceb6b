import assert from 'node:assert/strict';
import { stage } from './stage';
import { awkwardTree, damage, isSnapshot } from './steps';

export function keyboardSuite(): void {
  describe('keyboard', () => {
    it('is enough for the whole job: find, snapshot, restore, delete', async () => {
      const { workbench, samples } = stage;
      const { volumes, keyboard, notifications } = workbench;
      const { volume, user } = await samples.makeUsed('keyboard', awkwardTree);
      const whole = await samples.contentOf(user);
      await volumes.find(volume);

      await workbench.command('Docker Volumes: Focus on Volumes View');
      await moveTo(({ label }) => label === volume);
      await keyboard.press('Control+Alt+S');
      await notifications.waitFor(`Snapshot of ${volume} taken`);

      await samples.sh(user, damage);
      await keyboard.press('ArrowRight');
      // Its own: other volumes have some that are as new.
      await moveTo(await snapshotRow(volume));
      await keyboard.press('Enter');
      assert.match(await workbench.dialogText(), new RegExp(`Restore “${volume}”`));
      await keyboard.press('Enter');
      await notifications.waitFor(`${volume} restored`);
      assert.deepEqual(samples.differences(whole, await samples.contentOf(user)), []);

      await moveTo(await snapshotRow(volume));
      await keyboard.press('Delete');
      assert.match(await workbench.dialogText(), new RegExp(`Delete the snapshot of “${volume}”`));
      await keyboard.press('Enter');
      await notifications.waitFor(`Snapshot of ${volume} deleted`);
    });
  });
}

/** Tells the row of a volume's snapshot. */
async function snapshotRow(volume: string): Promise<(row: Focused) => boolean> {
  const { until } = stage.testbed;
  const find = async () => (await stage.workbench.volumes.childrenOf(volume)).find(isSnapshot);
  const snapshot = await until('the snapshot', find);
  return ({ index }) => index === snapshot.index;
}

interface Focused {
  index: number;
  label: string;
}

/** Down from the focused row, and on from the top. */
async function moveTo(wanted: (row: Focused) => boolean): Promise<void> {
  const { volumes, keyboard } = stage.workbench;
  const { until } = stage.testbed;
  await until('the focus on the row', async () => {
    const before = await volumes.focused();
    if (before && wanted(before)) return true;
    await keyboard.press('ArrowDown');
    await until('the focus to move', async () => (await volumes.focused())?.index !== before?.index, {
      timeoutMs: 500,
    }).catch(() => keyboard.press('Home'));
    return false;
  });
}
