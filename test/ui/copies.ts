import assert from 'node:assert/strict';
import { stage } from './stage';
import { awkwardTree, damage } from './steps';
import type { TreeManifest } from './testbed';

export function copiesSuite(): void {
  describe('copies of volumes', () => {
    let volume: string;
    let user: string;
    let copy: string;
    let userOfCopy: string;
    let whole: TreeManifest;

    before(async () => {
      ({ volume, user } = await stage.samples.makeUsed('origin', awkwardTree));
      copy = stage.samples.name('cloned');
      whole = await stage.samples.contentOf(user);
    });

    it('right-click → Clone…: a new volume has every byte', async () => {
      const { workbench, samples } = stage;
      await workbench.volumes.chooseInMenu(volume, 'Clone…');
      await workbench.quickInput.answer(copy);
      await workbench.notifications.waitFor(`${volume} cloned to ${copy}`);
      userOfCopy = await samples.startUser(copy);
      await workbench.volumes.find(({ label, description }) => label === copy && description === userOfCopy);
      assert.deepEqual(samples.differences(whole, await samples.contentOf(userOfCopy)), []);
    });

    it('dropped on the other one → Sync: shows what would change, and makes it equal', async () => {
      const { workbench, samples } = stage;
      await workbench.dismissAll();
      await samples.sh(user, damage);
      await workbench.volumes.drag(volume, copy);
      await workbench.quickInput.pick(/^Sync/);
      const words = await workbench.dialogText();
      assert.match(words, new RegExp(`Make “${copy}” equal to “${volume}”\\?`));
      assert.match(words, /Would change: .* added .* removed/);
      assert.match(words, new RegExp(`stopped for it and started again: ${userOfCopy}`));
      await workbench.pressInDialog('Sync');
      // More than half of its entries would go.
      assert.match(
        await workbench.dialogText(),
        /looks like an accident[^]*Most of the target would go: 1\d\d of 2\d\d/,
      );
      await workbench.pressInDialog('Sync Anyway');
      await workbench.notifications.waitFor(`${copy} is equal to ${volume}`);
      const [now, wanted] = [await samples.contentOf(userOfCopy), await samples.contentOf(user)];
      assert.deepEqual(samples.differences(wanted, now), []);
      assert.ok((await workbench.volumes.menuOf(copy)).includes('Sync Again…'));
    });
  });
}
