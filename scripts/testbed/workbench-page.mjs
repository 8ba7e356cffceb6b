// @ts-check
import { readFile, writeFile, mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Notifications } from './page/notifications.mjs';
import { QuickInput } from './page/quick-input.mjs';
import { TreeView } from './page/tree-view.mjs';
import { until } from './page/until.mjs';

/**
 * @typedef {import('playwright-core').Page} Page
 * @typedef {'light' | 'dark'} Theme
 */

const themes = /** @type {const} */ ({
  light: { name: 'Default Light Modern', mark: '.monaco-workbench.vs' },
  dark: { name: 'Default Dark Modern', mark: '.monaco-workbench.vs-dark' },
});

/** VS Code's workbench, as a person uses it: with mouse and keyboard, and by what is on the screen. */
export class WorkbenchPage {
  /**
   * @param {Page} page that shows a workbench
   * @param {{ userDataDir: string }} profile the one the workbench was started with
   */
  constructor(page, { userDataDir }) {
    this.page = page;
    this.settingsFile = join(userDataDir, 'User', 'settings.json');
    this.volumes = new TreeView(page, { container: 'Docker Volumes', view: 'Volumes' });
    this.quickInput = new QuickInput(page);
    this.notifications = new Notifications(page);
    this.dialog = page.locator('.monaco-dialog-box');
    this.keyboard = page.keyboard;
  }

  /** Runs a command through the palette. @param {string} title */
  command(title) {
    return this.quickInput.command(title);
  }

  /** The words of the modal dialog, once there is one. */
  async dialogText() {
    await this.dialog.waitFor();
    return this.dialog.locator('.dialog-message-container').innerText();
  }

  dialogButtons() {
    return this.dialog.locator('.dialog-buttons .monaco-button:not(.monaco-dropdown-button)').allInnerTexts();
  }

  /** Answers the modal dialog. @param {string} button */
  async pressInDialog(button) {
    await this.dialog.getByRole('button', { name: button, exact: true }).click();
    await this.dialog.waitFor({ state: 'hidden' });
  }

  /**
   * The frame of a webview: the one of all nested frames that has the element.
   * @param {string} selector
   */
  frameWith(selector) {
    return until(`a webview with ${selector}`, async () => {
      for (const frame of this.page.frames().filter((frame) => frame !== this.page.mainFrame())) {
        // A frame may go away while it is looked at.
        if (await frame.locator(selector).first().isVisible().catch(() => false)) {
          return frame;
        }
      }
      return undefined;
    });
  }

  /** The visible text of the active editor, once it has some. */
  editorText() {
    const lines = this.page.locator('.editor-group-container.active .view-lines').first();
    return until('text in the editor', async () => (await lines.innerText()).replaceAll('\u00a0', ' ').trim());
  }

  activeTab() {
    return this.page.locator('.editor-group-container.active .tab.active').innerText();
  }

  async closeEditors() {
    await this.command('View: Close All Editors');
    await this.page.locator('.tabs-container .tab').first().waitFor({ state: 'hidden' });
  }

  /** Changes user settings in their file, which VS Code watches. @param {Record<string, unknown>} changed undefined removes one */
  async changeSettings(changed) {
    const settings = JSON.parse(await readFile(this.settingsFile, 'utf8'));
    await writeFile(this.settingsFile, JSON.stringify({ ...settings, ...changed }, undefined, 2));
  }

  /** @param {Theme} theme */
  async useTheme(theme) {
    const { name, mark } = themes[theme];
    await this.changeSettings({ 'workbench.colorTheme': name });
    await this.page.locator(mark).first().waitFor();
  }

  /** @param {string} file of a PNG; its folder is made */
  async screenshot(file) {
    await mkdir(dirname(file), { recursive: true });
    await this.page.screenshot({ path: file, animations: 'disabled', caret: 'hide' });
  }
}
