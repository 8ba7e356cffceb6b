// @ts-check
import { until } from './until.mjs';

/**
 * @typedef {import('playwright-core').Page} Page
 * @typedef {import('playwright-core').Locator} Locator
 *
 * @typedef {object} Row
 * @property {number} index position in the whole tree, until the next row comes or goes
 * @property {number} level 1 for the roots
 * @property {string} label
 * @property {string} description
 * @property {string} spoken what a screen reader says
 * @property {boolean | undefined} expanded undefined when there is nothing to expand
 *
 * @typedef {string | RegExp | ((row: Row) => boolean)} Which a row by its label, or by all of it
 */

/** Longer than the extension gathers events before it refreshes. */
const settledMs = 600;

/** A tree view in the side bar. */
export class TreeView {
  /**
   * @param {Page} page
   * @param {{ container: string, view: string }} names in the activity bar, and of the view itself
   */
  constructor(page, { container, view }) {
    this.page = page;
    this.container = container;
    this.pane = page
      .locator('.part.sidebar .pane')
      .filter({ has: page.locator(`.pane-header[aria-label*="${view}"]`) });
    this.list = this.pane.locator('.monaco-list').first();
    /** The line above the rows. */
    this.message = this.pane.locator('.tree-explorer-viewlet-tree-view > .message');
    /** Shown while the view has no rows. */
    this.welcome = this.pane.locator('.welcome-view-content');
  }

  /** Through the activity bar, unless it is open already. */
  async open() {
    const entry = this.page.locator('.part.activitybar .action-item').filter({
      has: this.page.locator(`.action-label[aria-label^="${this.container}"]`),
    });
    await entry.waitFor({ timeout: 60_000 }); // the extension is registered after the workbench has painted
    // After a reload the workbench opens by itself what was open before: a click in the same moment closes it again.
    for (let attempt = 1; !(await this.pane.first().isVisible()); attempt++) {
      await entry.click();
      await this.pane
        .first()
        .waitFor({ timeout: 5_000 })
        .catch((/** @type {unknown} */ error) => {
          if (attempt === 5) throw error;
        });
    }
    await this.page.mouse.move(0, 0); // the icon's tooltip would cover the first rows
  }

  /** Opens or closes the view among those of its container. @param {boolean} [open] */
  async expandPane(open = true) {
    const header = this.pane.locator('.pane-header');
    if ((await header.getAttribute('aria-expanded')) !== String(open)) await header.click();
    await until(`the view to be ${open ? 'open' : 'closed'}`, async () => {
      return (await header.getAttribute('aria-expanded')) === String(open);
    });
  }

  /** The rows on the screen, from top to bottom. */
  rows() {
    return this.#read('.monaco-list-row');
  }

  /** The row that has the keyboard's focus. @returns {Promise<Row | undefined>} */
  async focused() {
    return (await this.#read('.monaco-list-row.focused')).at(0);
  }

  /** @param {string} selector @returns {Promise<Row[]>} */
  async #read(selector) {
    const rows = await this.list.locator(selector).evaluateAll((elements) =>
      elements.map((element) => ({
        index: Number(element.getAttribute('data-index')),
        level: Number(element.getAttribute('aria-level')),
        label: element.querySelector('.label-name')?.textContent ?? '',
        description: element.querySelector('.label-description')?.textContent ?? '',
        spoken: element.getAttribute('aria-label') ?? '',
        expanded: { true: true, false: false }[element.getAttribute('aria-expanded') ?? ''],
      })),
    );
    return rows.sort((a, b) => a.index - b.index);
  }

  /**
   * Waits for a row, scrolling to it where needed.
   * @param {Which} which
   * @param {{ timeoutMs?: number }} [options]
   */
  find(which, options) {
    return until(`the row ${which}`, async () => (await this.#visible(which)) ?? this.#scrollTo(which), {
      ...options,
      describe: async () => (await this.rows()).map(({ label, description }) => `${label} ${description}`),
    });
  }

  /** Whether a row is in the tree now. @param {Which} which */
  async has(which) {
    return ((await this.#visible(which)) ?? (await this.#scrollTo(which))) !== undefined;
  }

  /** @param {Which} which @param {{ timeoutMs?: number }} [options] */
  async waitUntilGone(which, options) {
    await until(`the row ${which} to go`, async () => !(await this.has(which)), options);
  }

  /**
   * Expands a row and, first, those above it. Clicks again after a while: the extension opens a volume by itself when it
   * has a new snapshot, and a click that comes right after that closes it.
   * @param {Which[]} path from a root down
   */
  async expand(...path) {
    for (const which of path) {
      let clickAgainAt = 0;
      await until(`${which} to expand`, async () => {
        const row = await this.find(which);
        if (row.expanded === false && Date.now() > clickAgainAt) {
          clickAgainAt = Date.now() + 2_000;
          await this.element(row).locator('.monaco-tl-twistie').click();
        }
        return row.expanded === true;
      });
    }
  }

  /**
   * The rows right below an expanded one, as far as the screen shows them.
   * @param {Which} which
   */
  async childrenOf(which) {
    const parent = await this.find(which);
    const below = (await this.rows()).filter((row) => row.index > parent.index);
    const end = below.findIndex((row) => row.level <= parent.level);
    return below.slice(0, end < 0 ? undefined : end).filter((row) => row.level === parent.level + 1);
  }

  /**
   * Waits for a row right below another, which is expanded for it.
   * @param {Which} parent
   * @param {Which} which
   */
  async child(parent, which) {
    await this.expand(parent);
    const fits = predicate(which);
    return until(`${which} under ${parent}`, async () => (await this.childrenOf(parent)).find(fits), {
      describe: async () => (await this.childrenOf(parent)).map(({ label, description }) => `${label} ${description}`),
    });
  }

  /** By what it says, for positions change at any moment; of rows that say the same the topmost. @param {Row} row */
  element({ spoken, level }) {
    return this.list.locator(`.monaco-list-row[aria-level="${level}"][aria-label=${JSON.stringify(spoken)}]`).first();
  }

  /** A click puts the focus on a row without expanding it. @param {Which | Row} which */
  async focus(which) {
    await this.element(await this.#row(which))
      .locator('.label-name')
      .click();
  }

  /**
   * Right-click; the menu stays open.
   * @param {Which | Row} which
   * @returns {Promise<Locator>} the menu's items
   */
  async openMenu(which) {
    await this.#settled();
    await this.page.mouse.move(0, 0); // the tooltip of the row that it lies on may cover this one
    await this.element(await this.#row(which))
      .locator('.label-name')
      .click({ button: 'right' });
    const items = this.page.locator('.monaco-menu .action-menu-item:visible');
    await items.first().waitFor();
    return items;
  }

  /** Right-click, then an item of the menu. @param {Which | Row} which @param {string} item */
  async chooseInMenu(which, item) {
    const wanted = (await this.openMenu(which)).filter({ has: this.page.getByText(item, { exact: true }) });
    await wanted.waitFor();
    // A menu ignores clicks for its first tenth of a second: https://github.com/microsoft/vscode/blob/main/src/vs/base/browser/ui/menu/menu.ts
    await until(`the menu to close on ${item}`, async () => {
      await wanted.click({ timeout: 2_000 }).catch(() => {}); // gone already
      return !(await wanted.isVisible());
    });
  }

  /** What the context menu of a row offers. The menu is closed again. @param {Which | Row} which */
  async menuOf(which) {
    const words = await (await this.openMenu(which)).locator('.action-label').allTextContents();
    await this.page.keyboard.press('Escape');
    return words.map((word) => word.trim()).filter(Boolean);
  }

  /** One of the icons a row shows under the mouse. @param {Which | Row} which @param {string} action */
  async clickInline(which, action) {
    await this.#settled();
    const element = this.element(await this.#row(which));
    await element.hover();
    await element.locator(`.actions .action-label[aria-label^="${action}"]`).click();
  }

  /** Drags one row onto another one. @param {Which | Row} which @param {Which | Row} onto */
  async drag(which, onto) {
    await this.#settled();
    const [from, to] = [await this.#row(which), await this.#row(onto)];
    await this.element(from).locator('.label-name').dragTo(this.element(to).locator('.label-name'));
  }

  /**
   * Waits until nothing has moved for a while, as a person does before aiming. While a tree is refreshed VS Code has no
   * items to give to a command, which then runs as from the palette.
   */
  async #settled() {
    let seen = '';
    let since = 0;
    await until('the tree to settle', async () => {
      const now = JSON.stringify(await this.rows());
      since = now === seen ? since : performance.now();
      seen = now;
      return performance.now() - since > settledMs;
    });
  }

  /** @param {Which | Row} which @returns {Promise<Row>} */
  async #row(which) {
    return typeof which === 'object' && !(which instanceof RegExp) ? which : this.find(which);
  }

  /** @param {Which} which */
  async #visible(which) {
    return (await this.rows()).find(predicate(which));
  }

  /** Goes through a tree that is longer than the screen. @param {Which} which @returns {Promise<Row | undefined>} */
  async #scrollTo(which) {
    const box = await this.list.boundingBox();
    const isLonger = await this.list
      .locator('.monaco-scrollable-element > .scrollbar.vertical.visible, .scrollbar.vertical:not(.invisible)')
      .count();
    if (!box || !isLonger) {
      return undefined;
    }
    await this.page.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
    await this.page.mouse.wheel(0, -1_000_000);
    for (let last = -1; ;) {
      const rows = await this.rows();
      const found = rows.find(predicate(which));
      const bottom = rows.at(-1)?.index ?? -1;
      if (found || bottom === last) {
        return found;
      }
      last = bottom;
      await this.page.mouse.wheel(0, box.height * 0.8);
    }
  }
}

/** @param {Which} which @returns {(row: Row) => boolean} */
function predicate(which) {
  if (typeof which === 'function') {
    return which;
  }
  return ({ label }) => (typeof which === 'string' ? label === which : which.test(label));
}
