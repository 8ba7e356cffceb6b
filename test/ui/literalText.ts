import assert from 'node:assert/strict';
import { stage } from './stage';

/** Would set a mark if a browser took it for markup. */
const markup = '<img src=x onerror="top.ran=true">';
const link = '[click](command:workbench.action.toggleSidebarVisibility) $(trash)';

export function literalTextSuite(): void {
  describe('names and notes that look like markup', () => {
    let volume: string;
    const note = `${markup} ${link}`;

    before(async () => {
      volume = await stage.samples.make('literal', { 'com.docker.compose.project': `${markup} ${link}` });
    });

    afterEach(async () => {
      for (const frame of stage.workbench.page.frames()) {
        assert.equal(await frame.evaluate(() => (globalThis as { ran?: boolean }).ran), undefined, frame.url());
      }
    });

    it('are shown as they are in the tree', async () => {
      const { workbench } = stage;
      await workbench.volumes.expand(`${markup} ${link}`);
      await workbench.volumes.chooseInMenu(volume, 'Snapshot with Note…');
      await workbench.quickInput.answer(note);
      await workbench.notifications.waitFor(`Snapshot of ${volume} taken`);
      const row = await workbench.volumes.child(volume, ({ description }) => description.startsWith(note));
      assert.ok(row.description.startsWith(note));
    });

    it('are shown as they are in a tooltip, without a link', async () => {
      const { page, volumes } = stage.workbench;
      const row = await volumes.child(volume, ({ description }) => description.startsWith(note));
      await volumes.element(row).locator('.label-name').hover();
      const tooltip = page.locator('.monaco-hover:visible').filter({ hasText: 'Consistency' });
      await tooltip.waitFor();
      assert.ok((await tooltip.innerText()).replaceAll('\u00a0', ' ').includes(note), await tooltip.innerText());
      assert.equal(await tooltip.locator('a, img').count(), 0);
      await page.mouse.move(900, 600);
      await tooltip.waitFor({ state: 'hidden' });
    });

    it('are shown as they are in a picker', async () => {
      const { quickInput, ...workbench } = stage.workbench;
      await stage.workbench.command('Docker Volumes: Restore…');
      await quickInput.pick(volume);
      await stage.testbed.until('the note in the picker', async () =>
        (await quickInput.options()).some(({ description }) => description.includes(note)),
      );
      assert.equal(await quickInput.widget.locator('img, .quick-input-list .codicon-trash').count(), 0);
      await workbench.page.keyboard.press('Escape');
    });

    it('are shown as they are in the confirmation', async () => {
      const { workbench } = stage;
      const row = await workbench.volumes.child(volume, ({ description }) => description.startsWith(note));
      await workbench.volumes.chooseInMenu(row, 'Delete Snapshot…');
      const words = (await workbench.dialogText()).replaceAll('\u2060', ''); // what keeps the link from being one
      assert.ok(words.includes(note), words);
      assert.equal(await workbench.dialog.locator('.dialog-message-container').locator('a, img').count(), 0);
      await workbench.pressInDialog('Cancel');
    });
  });
}
