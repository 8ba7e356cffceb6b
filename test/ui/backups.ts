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
    after(() => rm(folder, { recursive: true }));

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
  });
}
