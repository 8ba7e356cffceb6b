// @ts-check
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { format, parseArgs } from 'node:util';
import { atEnd, stopAll } from './at-end.mjs';
import { openWorkbench } from './browser.mjs';
import { follow, writeTestShim } from './test-shim.mjs';
import { provideCodeServer } from './install-code-server.mjs';
import { startWorkbench } from './workbench.mjs';

/**
 * Stands in for the `code` executable: takes VS Code's own flags and runs the same tests in VS Code's server and
 * workbench, in a headless browser. For `@vscode/test-electron` and `@vscode/test-cli`, which never look inside it.
 */
const { values, positionals } = parseArgs({
  strict: false, // the desktop's other flags mean nothing here
  allowPositionals: true,
  options: {
    extensionDevelopmentPath: { type: 'string' },
    extensionTestsPath: { type: 'string' },
    'user-data-dir': { type: 'string' },
    'extensions-dir': { type: 'string' },
    locale: { type: 'string' },
    version: { type: 'boolean' },
  },
});
/** Parsing is not strict, so a flag without a value is `true`. @param {keyof typeof values} name */
const path = (name) => (typeof values[name] === 'string' ? resolve(values[name]) : undefined);

if (values.version) {
  console.log('1.139.0\n0000000000000000000000000000000000000000\nx64');
  process.exit(0);
}
const tests = path('extensionTestsPath');
if (!tests) {
  console.error('This stand-in for VS Code only runs tests: --extensionTestsPath is missing.');
  process.exit(2);
}

/** The extension host may take its time on a loaded machine, but silence from the start is a failure, not a hang. */
const startLimitMs = 180_000;

const scratch = await mkdtemp(join(tmpdir(), 'code-'));
atEnd(() => rm(scratch, { recursive: true, force: true, maxRetries: 5 }));
let exitCode = 1;
try {
  exitCode = await runTests(tests);
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
}
await stopAll();
process.exit(exitCode);

/** @param {string} testsPath @returns {Promise<number>} */
async function runTests(testsPath) {
  const { shim, started, finished, output } = await writeTestShim(scratch, testsPath);
  await provideCodeServer();
  const server = await startWorkbench({
    userDataDir: path('user-data-dir') ?? join(scratch, 'user-data'),
    extensionsDir: path('extensions-dir'),
    folder: positionals[0] && resolve(positionals[0]),
    env: { ...process.env, TMPDIR: scratch }, // every start leaves sockets in the temporary folder
  });
  atEnd(() => server.stop());

  const workbenchLog = /** @type {string[]} */ ([]);
  const { exit, fail, exited } = oneEnd();
  void server.ended.then(() => fail('the server has ended'));
  const { page, browser, close } = await openWorkbench(server, {
    extensionPath: path('extensionDevelopmentPath'),
    extensionTestsPath: shim,
    language: typeof values.locale === 'string' ? values.locale : undefined,
    onLog: (type, args) => type !== 'info' && workbenchLog.push(`${type}: ${format(...args)}`.replace(/\n.*/s, '')),
    onExit: exited,
  });
  atEnd(close);
  page.on('crash', () => fail('the page has crashed'));
  browser.on('disconnected', () => fail('the browser has ended'));
  const limit = setTimeout(
    () => existsSync(started) || fail(`no test started in ${startLimitMs / 1000} s`),
    startLimitMs,
  );
  const stopFollowing = follow(output);
  try {
    const code = await exit;
    if (code === 0 && !existsSync(finished)) {
      // VS Code reports an extension host that dies as success.
      throw new Error('VS Code reports success, but the tests did not come to their end: the extension host died');
    }
    return code;
  } catch (error) {
    console.error(workbenchLog.slice(-20).join('\n'));
    throw error;
  } finally {
    clearTimeout(limit);
    stopFollowing();
  }
}

/** The run ends once: with the code that VS Code reports, or with a failure around it. */
function oneEnd() {
  /** @type {(code: number) => void} */
  let exited = () => {};
  /** @type {(why: string) => void} */
  let fail = () => {};
  const exit = /** @type {Promise<number>} */ (
    new Promise((resolve, reject) => {
      exited = resolve;
      fail = (why) => reject(new Error(`VS Code: ${why}`));
    })
  );
  exit.catch(() => {}); // it may fail before anybody waits for it
  return { exit, exited, fail };
}
