import assert from 'node:assert/strict';
import path from 'node:path';
import { seriousViolations } from './accessibility';
import { stage } from './stage';

/** Of the extension only: VS Code's own words are another extension's. Ends the other languages, so it comes last. */
export function chineseSuite(): void {
  describe('in Chinese', () => {
    it('the timings page speaks it', async () => {
      const { workbench } = stage;
      await workbench.page.addInitScript(() => Object.assign(globalThis, { _VSCODE_NLS_LANGUAGE: 'zh-cn' }));
      await workbench.page.reload({ waitUntil: 'domcontentloaded', timeout: 60_000 });
      await workbench.page.locator('.action-label[aria-label^="Docker 卷"]').waitFor({ timeout: 60_000 });
      await workbench.command('Docker 卷: 显示耗时');
      const frame = await workbench.frameWith('#operations tbody tr');
      const titles = ['耗时', '数据', '并排比较', '图表', '操作'];
      assert.deepEqual(await frame.locator('h1, h2').allInnerTexts(), titles);
      assert.deepEqual(await seriousViolations(frame), []);
      await workbench.screenshot(path.join('test-results', 'timings Chinese.png'));
    });
  });
}
