import assert from 'node:assert/strict';
import { stage } from './stage';
import { awkwardTree, damage, isSafetySnapshot, isSnapshot, restore, takeSnapshot } from './steps';
import type { Row, TreeManifest } from './testbed';

export function snapshotAndRestoreSuite(): void {
  describe('snapshot and restore', () => {
    let volume: string;
    let user: string;
    let snapshot: Row;
    let whole: TreeManifest;
    let damaged: TreeManifest;

    before(async () => {
      ({ volume, user } = await stage.samples.makeUsed('main', awkwardTree));
      whole = await stage.samples.contentOf(user);
    });

    it('right-click → Snapshot: it appears under the volume, and the container runs on', async () => {
      snapshot = await takeSnapshot(volume);
      assert.match(snapshot.description, /MB · paused$/);
      assert.equal(await stage.samples.stateOf(user), 'running');
    });

    it('Restore… asks first, says what it will do, and does nothing when it is dismissed', async () => {
      const { workbench, samples } = stage;
      await samples.sh(user, damage);
      damaged = await samples.contentOf(user);
      assert.ok(samples.differences(whole, damaged).length > 100, 'the damage is seen');
      await workbench.volumes.chooseInMenu(snapshot, 'Restore…');
      const words = await workbench.dialogText();
      assert.match(words, new RegExp(`Restore “${volume}” to its snapshot of`));
      assert.match(words, new RegExp(`stopped for it and started again: ${user}`));
      await workbench.pressInDialog('Cancel');
      assert.deepEqual(samples.differences(damaged, await samples.contentOf(user)), []);
    });

    it('right-click → Restore… → confirm: every byte is back, and the container runs again', async () => {
      const { samples } = stage;
      const words = await restore(snapshot, volume);
      assert.match(words, new RegExp(`Started again after .*: ${user}`));
      assert.equal(await samples.stateOf(user), 'running');
      assert.deepEqual(samples.differences(whole, await samples.contentOf(user)), []);
      await stage.workbench.volumes.child(volume, isSafetySnapshot);
    });

    it('Undo in the notification brings back what was there before the restore', async () => {
      const { workbench, samples } = stage;
      await samples.sh(user, damage);
      damaged = await samples.contentOf(user);
      await restore(await workbench.volumes.child(volume, isSnapshot), volume);
      await workbench.notifications.press(`${volume} restored`, 'Undo');
      await workbench.notifications.waitFor(`The last restore of ${volume} was undone`);
      assert.deepEqual(samples.differences(damaged, await samples.contentOf(user)), []);
    });

    it('Undo Restore on the row does the same once the notification is gone, and goes with the next snapshot', async () => {
      const { workbench, samples } = stage;
      await workbench.dismissAll();
      await workbench.volumes.child(volume, ({ description }) =>
        description.startsWith('Undo Restore brings this back'),
      );
      await workbench.volumes.clickInline(volume, 'Undo Restore');
      await workbench.notifications.waitFor(`The last restore of ${volume} was undone`);
      assert.deepEqual(samples.differences(whole, await samples.contentOf(user)), []);
      await workbench.dismissAll();
      await workbench.command('Docker Volumes: Undo Restore');
      await workbench.quickInput.pick(volume);
      await workbench.notifications.waitFor(`The last restore of ${volume} was undone`);
      assert.deepEqual(samples.differences(damaged, await samples.contentOf(user)), []);
      await takeSnapshot(volume);
      assert.ok(!(await workbench.volumes.menuOf(volume)).includes('Undo Restore'));
    });

    it('Snapshot with Note… asks how to treat the containers, and shows both', async () => {
      const { workbench } = stage;
      await workbench.volumes.chooseInMenu(volume, 'Snapshot with Note…');
      await workbench.quickInput.answer('before the migration');
      await workbench.quickInput.pick(/^Live/);
      await workbench.notifications.waitFor(`Snapshot of ${volume} taken`);
      const row = await workbench.volumes.child(volume, ({ description }) => description.includes('migration'));
      assert.match(row.description, /^before the migration · \+.* · taken while in use$/);
    });

    it('Restore to New Volume… makes one with the same content', async () => {
      const { workbench, samples } = stage;
      const copy = samples.name('copy');
      const note = await workbench.volumes.child(volume, ({ description }) => description.includes('migration'));
      await workbench.volumes.chooseInMenu(note, 'Restore to New Volume…');
      await workbench.quickInput.answer(copy);
      await workbench.notifications.waitFor(`${volume} restored to the new volume ${copy}`);
      const userOfCopy = await samples.startUser(copy);
      await workbench.volumes.find(({ label, description }) => label === copy && description === userOfCopy);
      assert.deepEqual(samples.differences(damaged, await samples.contentOf(userOfCopy)), []);
    });

    it('Delete Snapshot… asks, and then the row is gone', async () => {
      const { workbench } = stage;
      const isNote = ({ description }: Row) => description.includes('migration');
      await workbench.volumes.chooseInMenu(await workbench.volumes.child(volume, isNote), 'Delete Snapshot…');
      assert.match(await workbench.dialogText(), /Note: before the migration[^]*cannot be undone/);
      await workbench.pressInDialog('Delete');
      await workbench.notifications.waitFor(`Snapshot of ${volume} deleted`);
      await workbench.volumes.waitUntilGone(isNote);
    });
  });
}
