// @ts-check
import { until } from './until.mjs';

/** The box at the top: command palette, pickers and input boxes. */
export class QuickInput {
  /** @param {import('playwright-core').Page} page */
  constructor(page) {
    this.page = page;
    this.widget = page.locator('.quick-input-widget:visible');
    this.input = this.widget.locator('.quick-input-filter input, .quick-input-box input').first();
    this.message = this.widget.locator('.quick-input-message');
    this.items = this.widget.locator('.quick-input-list .monaco-list-row');
  }

  /** Runs a command as one finds it in the palette. @param {string} title with its category, as the palette shows it */
  async command(title) {
    await this.page.keyboard.press('Control+Shift+P');
    await this.input.waitFor();
    await this.input.fill(`>${title}`);
    await this.pick(title);
  }

  /**
   * What a picker offers, as far as the screen shows it.
   * @returns {Promise<{ label: string, description: string, detail: string }[]>}
   */
  options() {
    return this.items.evaluateAll((elements) =>
      elements.map((element) => ({
        label: element.querySelector('.label-name')?.textContent ?? '',
        description: element.querySelector('.label-description')?.textContent ?? '',
        detail: element.querySelector('.quick-input-list-label-meta')?.textContent ?? '',
      })),
    );
  }

  /** Waits for a picker with this option and takes it. @param {string | RegExp} label */
  async pick(label) {
    const index = await until(
      `the option ${label}`,
      async () => {
        const found = (await this.options()).findIndex((option) =>
          typeof label === 'string' ? option.label === label : label.test(`${option.label} ${option.description}`),
        );
        return found < 0 ? undefined : { found };
      },
      { describe: () => this.options() },
    );
    await this.items.nth(index.found).click();
  }

  /** Answers an input box. @param {string} text */
  async answer(text) {
    await this.input.waitFor();
    await this.input.fill(text);
    await this.page.keyboard.press('Enter');
  }

  /**
   * Answers VS Code's own file dialog. While that lists a folder it hears no Enter, and when it has, it may put back what it
   * began with.
   * @param {string} path absolute
   * @param {string} [next] title of what is asked at once after it
   */
  async answerPath(path, next) {
    await this.input.waitFor();
    const hasGone = async () =>
      !(await this.widget.isVisible()) || (!!next && (await this.widget.innerText()).includes(next));
    const isTaken = async () => {
      if (await hasGone()) return true;
      await this.input.fill(path, { timeout: 2_000 }).catch(() => {}); // it may just have gone
      await this.page.waitForTimeout(300);
      if (await hasGone()) return true;
      await this.page.keyboard.press('Enter');
      await this.page.waitForTimeout(500);
      return false;
    };
    await until(`the dialog has taken ${path}`, isTaken, { timeoutMs: 30_000 });
  }

  async dismiss() {
    await this.page.keyboard.press('Escape');
    await this.widget.waitFor({ state: 'hidden' });
  }
}
