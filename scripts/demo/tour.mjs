// @ts-check
import { join } from 'node:path';
import { top } from '../dependencies.mjs';
import { atEnd } from '../testbed/at-end.mjs';
import { execInContainer, runInContainer } from '../testbed/containers.mjs';
import { testImages } from '../testbed/images.mjs';
import { step } from '../testbed/step.mjs';
import { differences, treeManifest } from '../testbed/tree-manifest.mjs';
import { openWorkbench } from '../testbed/vscode.mjs';
import { WorkbenchPage } from '../testbed/workbench-page.mjs';
import { until } from '../testbed/page/until.mjs';
import { samples, script } from './samples.mjs';
import { showBackups } from './tour-backups.mjs';

/** The one file that its container keeps writing to; it is checked by its own seals. */
const ledger = 'ledger/current.log';
const note = 'before the migration';
const sideBar = { x: 0, y: 30, width: 490, height: 300 };

/**
 * The main job through the real user interface: snapshot while the container writes, damage, restore, timings. Every
 * step is checked, and shown in a light and a dark screenshot.
 * @param {{ host: string, server: import('../testbed/workbench.mjs').Workbench, images: string }} options
 */
export async function tour({ host, server, images }) {
  const { page, close } = await openWorkbench(server, { size: { width: 1280, height: 800 } });
  atEnd(close);
  const workbench = new WorkbenchPage(page);
  try {
    await walk(workbench, host, images);
  } catch (error) {
    const seen = join(top, 'test-results', 'tour.png');
    await workbench.command('Notifications: Show Notifications').catch(() => {}); // what was said, and is hidden by now
    await workbench.screenshot(seen);
    throw new Error(`The tour failed; what was on the screen: ${seen}`, { cause: error });
  }
}

/** @param {WorkbenchPage} workbench @param {string} host @param {string} images */
async function walk(workbench, host, images) {
  const { volumes, notifications } = workbench;
  /** @param {string} name @param {import('../testbed/workbench-page.mjs').Clip} [clip] */
  const shoot = (name, clip) => shootBoth(workbench, join(images, name), clip);
  const { db } = samples;

  await step('open the side bar', async () => {
    await volumes.open();
    await workbench.widenSideBar(440);
    await volumes.expand(samples.project, db);
    await removeSnapshots(workbench, db);
  });

  const before = await treeManifest(host, db);
  const written = await lastLedgerLine(host);
  const first = await step('right-click → Snapshot, while its container writes', async (say) => {
    await volumes.openMenu(db);
    await shoot('context-menu', { ...sideBar, height: 320 });
    await workbench.keyboard.press('Escape');
    await volumes.chooseInMenu(db, 'Snapshot');
    const words = await notifications.waitFor(`Snapshot of ${db} taken`);
    await volumes.child(db, isSnapshot);
    await notifications.clear();
    say(words);
    return words;
  });
  const again = await step('right-click → Snapshot with Note…', async (say) => {
    await volumes.chooseInMenu(db, 'Snapshot with Note…');
    await workbench.quickInput.answer(note);
    await workbench.quickInput.pick(/^Paused/);
    const words = await notifications.waitFor(`Snapshot of ${db} taken`);
    await volumes.child(db, isNoted);
    await shoot('snapshot');
    await notifications.clear();
    await shoot('sidebar', sideBar);
    say(words);
    return words;
  });

  await step('damage: half the orders deleted, a segment overwritten, the ledger cut', () => damage(host));
  const damaged = differences(before, await treeManifest(host, db)).length;

  const restored = await step('right-click → Restore… → confirm', async (say) => {
    await volumes.chooseInMenu(await volumes.child(db, isNoted), 'Restore…');
    await workbench.dialogText();
    await shoot('restore-confirm');
    await workbench.pressInDialog('Restore');
    const words = await notifications.waitFor(`${db} restored`, { timeoutMs: 60_000 });
    await volumes.child(db, ({ spoken }) => spoken.startsWith('Safety snapshot'));
    await volumes.child(db, ({ spoken }) => spoken.includes(samples.writer) && spoken.includes('running'));
    await shoot('restored');
    await notifications.clear();
    say(words);
    return words;
  });

  const after = await step('compare every byte with the second implementation', async (say) => {
    const manifest = await treeManifest(host, db);
    const wrong = differences(before, manifest).filter((line) => !line.startsWith(`${ledger}:`));
    if (wrong.length > 0) {
      throw new Error(`${wrong.length} entries differ after the restore:\n${wrong.slice(0, 10).join('\n')}`);
    }
    const lines = await lastLedgerLine(host);
    if (lines < written) {
      throw new Error(`the ledger has ${lines} lines after the restore, and had ${written} before the snapshot`);
    }
    await until('the container to write on', async () => (await lastLedgerLine(host)) > lines);
    say(`${manifest.size} entries are equal; the ledger is whole, and written to again`);
    return manifest;
  });

  await showBackups(workbench, { volume: db, shoot });
  await step('Show Timings', async (say) => {
    await workbench.command('Docker Volumes: Show Timings');
    const frame = await workbench.frameWith('#operations tbody tr');
    say(`${await frame.locator('#operations tbody tr').count()} operations`);
    await workbench.toggleSideBar(); // the tables are wide
    await shoot('timings', { x: 0, y: 0, width: 1280, height: 560 });
    await frame.locator('#pictures').evaluate((element) => element.scrollIntoView());
    await frame.locator('#phases canvas').waitFor();
    await shoot('timings-phases', { x: 0, y: 0, width: 1280, height: 560 });
    await workbench.toggleSideBar();
  });
  await step('tidy up', () => removeSnapshots(workbench, db));

  console.log(`
First snapshot, ${after.size} entries, written to meanwhile: ${first}
A moment later: ${again}
After ${damaged} entries had been damaged: ${restored}
Every byte is back. Screenshots: ${images}`);
}

/** @param {import('../testbed/page/tree-view.mjs').Row} row */
const isSnapshot = ({ spoken }) => /^(Safety snapshot|Snapshot)/.test(spoken);

/** @param {import('../testbed/page/tree-view.mjs').Row} row */
const isNoted = ({ spoken }) => spoken.includes(note);

/** Deletes the snapshots of a volume as a person would. @param {WorkbenchPage} workbench @param {string} volume */
async function removeSnapshots({ volumes, notifications, ...workbench }, volume) {
  for (let row; (row = (await volumes.childrenOf(volume)).find(isSnapshot));) {
    const { length } = (await volumes.childrenOf(volume)).filter(isSnapshot);
    await volumes.chooseInMenu(row, 'Delete Snapshot…');
    await workbench.dialog.getByRole('button', { name: 'Delete', exact: true }).click();
    await notifications.waitFor(`Snapshot of ${volume} deleted`);
    await notifications.clear();
    await until('its row to go', async () => (await volumes.childrenOf(volume)).filter(isSnapshot).length < length);
  }
}

/**
 * @param {WorkbenchPage} workbench
 * @param {string} name of the file, without ending
 * @param {import('../testbed/workbench-page.mjs').Clip} [clip]
 */
async function shootBoth(workbench, name, clip) {
  await workbench.useTheme('dark');
  await workbench.screenshot(`${name}-dark.png`, clip);
  await workbench.useTheme('light');
  await workbench.screenshot(`${name}.png`, clip);
}

/** @param {string} host */
function damage(host) {
  const commands = [
    'cd /var/lib/ledger',
    'rm -r orders/0*',
    'printf broken > segments/0003.seg',
    'chmod 777 VERSION && rm current && mkdir current',
    `head -c 100 ${ledger} > /tmp/cut && cat /tmp/cut > ${ledger}`,
  ];
  return execInContainer(host, samples.writer, ['sh', '-ec', commands.join('\n')]);
}

/** @param {string} host @returns {Promise<number>} the number of the last line of an unbroken ledger */
async function lastLedgerLine(host) {
  const command = ['python3', '-c', await script('read-ledger.py')];
  const volumes = { [samples.db]: '/volume:ro' };
  return Number(await runInContainer(host, { image: testImages.python, command, volumes }));
}
