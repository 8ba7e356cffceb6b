// @ts-check
/// <reference lib="dom" />

/**
 * @typedef {object} PageOptions
 * @property {string} [extensionPath] the extension under development
 * @property {string} [extensionTestsPath] a module with `run()`, run in the extension host
 * @property {string} [language] of the extension's own words, such as zh-cn
 * @property {{ width: number, height: number }} [size]
 * @property {boolean} [headless]
 * @property {(type: string, args: unknown[]) => void} [onLog] what the extension host and its tests print
 * @property {(code: number) => void} [onExit] VS Code reports that the tests have ended. Code 0 is no proof: it is sent too when the extension host died
 *
 * @typedef {object} OpenWorkbench
 * @property {import('playwright-core').Page} page
 * @property {import('playwright-core').Browser} browser
 * @property {() => Promise<void>} close
 */

const chromiumArgs = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  // Without these it keeps asking hosts that a closed network never answers.
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/**
 * Opens a workbench in a browser, with an extension under development in it. The caller closes it.
 * @param {{ url: string, chromium: string }} workbench
 * @param {PageOptions} [options]
 * @returns {Promise<OpenWorkbench>}
 */
export async function openWorkbench({ url, chromium }, options = {}) {
  const playwright = await import('playwright-core'); // lazily: this file is read before `npm ci`
  const browser = await playwright.chromium.launch({
    executablePath: chromium,
    headless: options.headless ?? true,
    args: chromiumArgs,
    // The script decides how a signal ends things; by default the browser would go first.
    handleSIGINT: false,
    handleSIGTERM: false,
    handleSIGHUP: false,
  });
  try {
    const context = await browser.newContext({ viewport: options.size ?? { width: 1280, height: 800 } });
    const page = await context.newPage();
    await page.exposeFunction('codeAutomationLog', (/** @type {string} */ type, /** @type {unknown[]} */ args) =>
      options.onLog?.(type, args),
    );
    await page.exposeFunction('codeAutomationExit', (/** @type {number} */ code) => options.onExit?.(code));
    await page.addInitScript(prepareWorkbench, {
      development: developmentOptions(url, options),
      language: options.language,
    });
    await page.goto(url, { waitUntil: 'domcontentloaded' });
    return { page, browser, close: () => browser.close() };
  } catch (error) {
    await browser.close();
    throw error;
  }
}

/** @param {string} url @param {PageOptions} options */
function developmentOptions(url, { extensionPath, extensionTestsPath }) {
  const remote = (/** @type {string} */ path) => ({ scheme: 'vscode-remote', authority: new URL(url).host, path });
  return {
    ...(extensionPath && { extensions: [remote(extensionPath)] }),
    ...(extensionTestsPath && { extensionTestsPath: remote(extensionTestsPath) }),
  };
}

/**
 * Runs in the page, before its scripts. The workbench takes an extension under development from its configuration only;
 * the `payload` parameter of the address is ignored, and rewriting the page on its way breaks the WebSocket.
 * @param {{ development: object, language: string | undefined }} options
 */
function prepareWorkbench({ development, language }) {
  if (language) {
    Object.assign(globalThis, { _VSCODE_NLS_LANGUAGE: language });
  }
  const original = Element.prototype.getAttribute;
  Element.prototype.getAttribute = function (/** @type {string} */ name) {
    const value = original.call(this, name);
    if (this.id !== 'vscode-workbench-web-configuration' || name !== 'data-settings' || value === null) {
      return value;
    }
    const configuration = JSON.parse(value);
    return JSON.stringify({
      ...configuration,
      developmentOptions: { ...configuration.developmentOptions, ...development },
    });
  };
}
