// @ts-check
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { atEnd } from '../testbed/at-end.mjs';
import { step } from '../testbed/step.mjs';

/**
 * A destination in a folder, two backups there of which one is verified, and how that looks.
 * @param {import('../testbed/workbench-page.mjs').WorkbenchPage} workbench
 * @param {{ volume: string, shoot: (name: string, clip?: import('../testbed/workbench-page.mjs').Clip) => Promise<void> }} options
 */
export async function showBackups({ backups, notifications, quickInput, volumes, ...workbench }, { volume, shoot }) {
  const name = 'USB disk';
  await step('Add Destination, Back Up… twice, Verify Backup', async (say) => {
    const folder = await mkdtemp(join(tmpdir(), 'usb-'));
    atEnd(() => rm(folder, { recursive: true }));
    await quickInput.command('Docker Volumes: Add Destination for Backups…');
    await quickInput.pick(/^ ?Folder on this machine/);
    await quickInput.answerPath(folder, 'Name of the Destination');
    await quickInput.answer(name);
    await quickInput.pick(/^ ?Not encrypted/);
    for (const _ of ['a full one', 'what has changed']) {
      await volumes.chooseInMenu(volume, 'Back Up…');
      await quickInput.pick(name);
      say(await notifications.waitFor(`${volume} backed up to ${name}`));
      await notifications.clear();
    }
    await backups.expandPane();
    await backups.expand(name, volume);
    const full = (await backups.childrenOf(volume)).at(-1);
    if (!full) {
      throw new Error('there is no backup in the view');
    }
    await backups.chooseInMenu(full, 'Verify Backup');
    await notifications.waitFor(`The backup of ${volume} is whole`);
    await backups.child(volume, ({ description }) => / · verified /.test(description));
    await notifications.clear();
    await workbench.keyboard.press('Escape');
    await shoot('backups', { x: 49, y: 614, width: 441, height: 124 });
    await backups.expandPane(false);
  });
}
