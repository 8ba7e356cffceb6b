import assert from 'node:assert/strict';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import * as os from 'node:os';
import * as path from 'node:path';
import { stage } from './stage';
import { awkwardTree, damage } from './steps';
import type { TreeManifest } from './testbed';

export function backupsSuite(): void {
  describe('backups', () => {
    let folder: string;
    let file: string;
    let volume: string;
    let user: string;
    let whole: TreeManifest;

    before(async () => {
      folder = await mkdtemp(path.join(os.tmpdir(), 'backups-'));
      file = path.join(folder, 'kept.tar.zst');
      ({ volume, user } = await stage.samples.makeUsed('kept', awkwardTree));
      whole = await stage.samples.contentOf(user);
    });
    after(async () => {
      await stage.workbench.backups.expandPane(false);
      await rm(folder, { recursive: true });
    });

    it('right-click → Back Up to File…: the file is where the dialog was told', async () => {
      const { workbench } = stage;
      await workbench.volumes.chooseInMenu(volume, 'Back Up to File…');
      await workbench.quickInput.answerPath(file);
      await workbench.notifications.waitFor(`${volume} backed up to kept.tar.zst`);
      assert.deepEqual(await readdir(folder), ['kept.tar.zst']);
    });

    it('right-click → Restore from Backup File… → confirm: every byte is back', async () => {
      const { workbench, samples } = stage;
      await samples.sh(user, damage);
      assert.ok(samples.differences(whole, await samples.contentOf(user)).length > 100, 'the damage is seen');
      await workbench.volumes.chooseInMenu(volume, 'Restore from Backup File…');
      await workbench.quickInput.answerPath(file);
      assert.match(await workbench.dialogText(), new RegExp(`Restore “${volume}” from the backup “kept.tar.zst”`));
      await workbench.pressInDialog('Restore');
      await workbench.notifications.waitFor(`${volume} restored in`);
      assert.deepEqual(samples.differences(whole, await samples.contentOf(user)), []);
    });

    it('Add a Destination: it is tried, and then in the view', async () => {
      const { workbench } = stage;
      await workbench.command('Docker Volumes: Add Destination for Backups…');
      await workbench.quickInput.pick(/^ ?Folder on this machine/);
      await workbench.quickInput.answerPath(folder, 'Name of the Destination');
      await workbench.quickInput.answer('a folder');
      await workbench.quickInput.pick(/^ ?Not encrypted/);
      await workbench.backups.expandPane();
      assert.equal((await workbench.backups.find('a folder')).description, folder);
    });

    it('right-click → Back Up…: it is in the view, under its volume', async () => {
      const { workbench } = stage;
      await workbench.volumes.chooseInMenu(volume, 'Back Up…');
      await workbench.quickInput.pick('a folder');
      await workbench.notifications.waitFor(`${volume} backed up to a folder`);
      await workbench.backups.expand('a folder', volume);
      const [backup] = await workbench.backups.childrenOf(volume);
      assert.match(backup!.description, /\d+:\d\d.* · [\d.]+ [kM]B$/);
    });

    it('right-click → Verify Backup: that it is whole is said, and shown beside it', async () => {
      const { workbench } = stage;
      const [backup] = await workbench.backups.childrenOf(volume);
      await workbench.backups.chooseInMenu(backup!.label, 'Verify Backup');
      await workbench.notifications.waitFor(`The backup of ${volume} is whole`);
      await workbench.backups.child(volume, ({ description }) => / · verified /.test(description));
    });

    it('right-click → Restore Backup… → confirm: every byte is back', async () => {
      const { workbench, samples } = stage;
      await samples.sh(user, damage);
      const [backup] = await workbench.backups.childrenOf(volume);
      await workbench.backups.chooseInMenu(backup!.label, 'Restore Backup…');
      await workbench.quickInput.pick(volume);
      await workbench.pressInDialog('Restore');
      await workbench.notifications.waitFor(`${volume} restored in`);
      assert.deepEqual(samples.differences(whole, await samples.contentOf(user)), []);
    });

    it('Back Up… once more: only what has changed, and the row says so', async () => {
      const { workbench, samples } = stage;
      await samples.sh(user, 'echo more > more');
      await workbench.volumes.chooseInMenu(volume, 'Back Up…');
      await workbench.quickInput.pick('a folder');
      await workbench.notifications.waitFor(`${volume} backed up to a folder (what has changed: `);
      await workbench.backups.child(volume, ({ description }) => / · what has changed/.test(description));
    });

    it('Delete Old Backups… shows first what would go and why the rest stays', async () => {
      const { workbench, testbed } = stage;
      await workbench.backups.chooseInMenu('a folder', 'Delete Old Backups…');
      await workbench.quickInput.pick(/^last 10/);
      await testbed.until('why one stays', async () =>
        (await workbench.quickInput.options()).some(({ description }) => /others build on it/.test(description)),
      );
      await workbench.quickInput.dismiss();
      assert.equal((await readdir(folder)).length, 3);
    });

    it('Delete Backup… asks, and then the rows and the files are gone, also of what builds on it', async () => {
      const { workbench } = stage;
      const full = (await workbench.backups.childrenOf(volume)).at(-1)!;
      await workbench.backups.chooseInMenu(full, 'Delete Backup…');
      assert.match(await workbench.dialogText(), /Later backups have only what has changed since/);
      await workbench.pressInDialog('Delete');
      await workbench.backups.waitUntilGone(volume);
      assert.deepEqual(await readdir(folder), ['kept.tar.zst']);
    });
  });
}
