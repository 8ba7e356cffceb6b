// @ts-check
import { until } from './until.mjs';

/** @typedef {string | RegExp} Text */

/** The messages at the bottom right. They are told apart by their text: VS Code's own ones come and go as well. */
export class Notifications {
  /** @param {import('playwright-core').Page} page */
  constructor(page) {
    this.page = page;
    this.all = page.locator('.notifications-toasts .notification-list-item');
  }

  /** @param {Text} text */
  with(text) {
    return this.all.filter({ has: this.page.locator('.notification-list-item-message', { hasText: text }) });
  }

  /**
   * Waits for a message and returns its whole text.
   * @param {Text} text
   * @param {{ timeoutMs?: number }} [options]
   */
  async waitFor(text, { timeoutMs = 30_000 } = {}) {
    const message = this.with(text).first().locator('.notification-list-item-message');
    await message.waitFor({ timeout: timeoutMs }).catch(async (error) => {
      throw new Error(`no notification ${text}; there is ${JSON.stringify(await this.texts())}`, { cause: error });
    });
    return message.innerText();
  }

  /** @param {Text} text */
  buttonsOf(text) {
    return this.with(text).first().locator('.notification-list-item-buttons-container .monaco-button').allInnerTexts();
  }

  /** Waits for a message and takes one of its buttons. @param {Text} text @param {string} button */
  async press(text, button) {
    await this.waitFor(text);
    await this.with(text).first().getByRole('button', { name: button, exact: true }).click();
  }

  texts() {
    return this.all.locator('.notification-list-item-message').allInnerTexts();
  }

  /** Closes every message on the screen; progress cannot be closed, and is waited for. */
  async clear() {
    await until(
      'all notifications to go',
      async () => {
        for (const toast of await this.all.all()) {
          // One may go by itself, and others move up, while it is aimed at.
          await toast.hover({ timeout: 1_000 }).catch(() => {});
          await toast
            .locator('.codicon-notifications-clear')
            .click({ timeout: 1_000 })
            .catch(() => {});
        }
        return (await this.all.count()) === 0;
      },
      { timeoutMs: 30_000, describe: () => this.texts() },
    );
  }
}
