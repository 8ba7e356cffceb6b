import assert from 'node:assert/strict';
import { stage } from './stage';
import { awkwardTree, damage } from './steps';

export function paletteSuite(): void {
  describe('command palette', () => {
    let volume: string;
    let user: string;

    before(async () => {
      ({ volume, user } = await stage.samples.makeUsed('palette', awkwardTree));
      await stage.workbench.volumes.find(volume);
    });

    it('Snapshot asks for the volume', async () => {
      const { workbench } = stage;
      await workbench.command('Docker Volumes: Snapshot');
      await workbench.quickInput.pick(volume);
      await workbench.notifications.waitFor(`Snapshot of ${volume} taken`);
    });

    it('Restore… asks for the volume and the snapshot', async () => {
      const { workbench, samples } = stage;
      const whole = await samples.contentOf(user);
      await samples.sh(user, damage);
      await workbench.command('Docker Volumes: Restore…');
      await workbench.quickInput.pick(volume);
      await workbench.quickInput.pick(/paused/);
      await workbench.pressInDialog('Restore');
      await workbench.notifications.waitFor(`${volume} restored`);
      assert.deepEqual(samples.differences(whole, await samples.contentOf(user)), []);
    });

    it('Delete Snapshot… asks for the volume and the snapshot', async () => {
      const { workbench } = stage;
      await workbench.command('Docker Volumes: Delete Snapshot…');
      await workbench.quickInput.pick(volume);
      await workbench.quickInput.pick(/before a restore/);
      await workbench.pressInDialog('Delete');
      await workbench.notifications.waitFor(`Snapshot of ${volume} deleted`);
    });

    it('a volume that has gone meanwhile is said in one message with one action, and not made anew', async () => {
      const { workbench, samples, testbed, host } = stage;
      const gone = await samples.make('gone');
      await workbench.volumes.find(gone);
      await workbench.command('Docker Volumes: Snapshot');
      await workbench.quickInput.input.fill(gone);
      await samples.remove(gone);
      await workbench.quickInput.pick(gone);
      const words = await workbench.notifications.waitFor(`There is no volume “${gone}”`);
      assert.match(words, /Nothing was created/);
      assert.deepEqual(await workbench.notifications.buttonsOf(/There is no volume/), ['Refresh']);
      // The progress goes a moment after the operation has ended.
      await testbed.until('one message', async () => (await workbench.notifications.texts()).length === 1);
      const { Volumes } = (await testbed.ask(host, 'GET', '/volumes')) as { Volumes: { Name: string }[] };
      assert.ok(!Volumes.some(({ Name }) => Name === gone));
    });

    it('Restore to New Volume… refuses a name that is taken, before anything is done', async () => {
      const { workbench } = stage;
      await workbench.command('Docker Volumes: Restore to New Volume…');
      await workbench.quickInput.pick(volume);
      await workbench.quickInput.pick(/paused/);
      await workbench.quickInput.message.first().waitFor();
      await workbench.quickInput.input.fill(volume);
      await workbench.quickInput.message.getByText('There is already a volume of this name').waitFor();
    });
  });
}
