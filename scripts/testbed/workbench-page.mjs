// @ts-check
import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { Notifications } from './page/notifications.mjs';
import { QuickInput } from './page/quick-input.mjs';
import { TreeView } from './page/tree-view.mjs';
import { until } from './page/until.mjs';

/**
 * @typedef {import('playwright-core').Page} Page
 * @typedef {'light' | 'dark' | 'high contrast'} Theme
 * @typedef {{ x: number, y: number, width: number, height: number }} Clip
 */

/** Settings to start a workbench with, so that the page finds it calm and can change its theme. */
export const pageSettings = {
  'workbench.reduceMotion': 'on',
  'window.autoDetectColorScheme': true,
};

/** VS Code's workbench, as a person uses it: with mouse and keyboard, and by what is on the screen. */
export class WorkbenchPage {
  /** @param {Page} page that shows a workbench with the settings above */
  constructor(page) {
    this.page = page;
    this.volumes = new TreeView(page, { container: 'Docker Volumes', view: 'Volumes' });
    this.backups = new TreeView(page, { container: 'Docker Volumes', view: 'Backups' });
    this.quickInput = new QuickInput(page);
    this.notifications = new Notifications(page);
    this.dialog = page.locator('.monaco-dialog-box');
    this.keyboard = page.keyboard;
  }

  /** Drags the edge of the side bar. @param {number} width in pixels */
  async widenSideBar(width) {
    const box = await this.page.locator('.part.sidebar').boundingBox();
    if (!box) {
      throw new Error('there is no side bar');
    }
    const y = box.y + box.height / 2;
    await this.page.mouse.move(box.x + box.width, y);
    await this.page.mouse.down();
    await this.page.mouse.move(box.x + width, y, { steps: 5 });
    await this.page.mouse.up();
  }

  async toggleSideBar() {
    const sideBar = this.page.locator('.part.sidebar');
    const state = (await sideBar.isVisible()) ? 'hidden' : 'visible';
    await this.command('View: Toggle Primary Side Bar Visibility');
    await sideBar.waitFor({ state });
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

  /** Closes what is open above the workbench: menus, pickers, dialogs, messages. */
  async dismissAll() {
    const open = this.page.locator('.monaco-menu:visible, .quick-input-widget:visible, .monaco-dialog-box:visible');
    await until('menus and dialogs to close', async () => {
      if ((await open.count()) > 0) {
        await this.keyboard.press('Escape');
      }
      return (await open.count()) === 0;
    });
    await this.notifications.clear();
  }

  /**
   * The frame of a webview: the one of all nested frames that has the element.
   * @param {string} selector
   */
  frameWith(selector) {
    return until(`a webview with ${selector}`, async () => {
      for (const frame of this.page.frames().filter((frame) => frame !== this.page.mainFrame())) {
        // A frame may go away while it is looked at.
        if (
          await frame
            .locator(selector)
            .first()
            .isVisible()
            .catch(() => false)
        ) {
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

  /** As when the operating system changes its colours. @param {Theme} theme */
  async useTheme(theme) {
    const contrast = theme === 'high contrast';
    await this.page.emulateMedia({
      colorScheme: theme === 'light' ? 'light' : 'dark',
      forcedColors: contrast ? 'active' : 'none',
    });
    await this.page
      .locator(`.monaco-workbench${{ light: '.vs', dark: '.vs-dark', 'high contrast': '.hc-black' }[theme]}`)
      .first()
      .waitFor();
  }

  /** @param {string} file of a PNG; its folder is made @param {Clip} [clip] a part of the page */
  async screenshot(file, clip) {
    await mkdir(dirname(file), { recursive: true });
    await this.page.screenshot({ path: file, animations: 'disabled', caret: 'hide', clip });
  }
}
