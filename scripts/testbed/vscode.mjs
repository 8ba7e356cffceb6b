// @ts-check
import { existsSync, realpathSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';

export { openWorkbench } from './browser.mjs';
export { startWorkbench } from './workbench.mjs';

/**
 * The executable of a desktop VS Code, if there is one and a screen for it.
 * @returns {string | undefined}
 */
export function findDesktopVSCode() {
  if (process.env.VSCODE_EXECUTABLE) {
    return process.env.VSCODE_EXECUTABLE;
  }
  const hasScreen = process.platform !== 'linux' || process.env.DISPLAY || process.env.WAYLAND_DISPLAY;
  return hasScreen ? executableOnPath() : undefined;
}

/** The `code` on PATH is a script that returns at once; the tests need the program it starts. */
function executableOnPath() {
  const script = process.platform === 'win32' ? 'code.cmd' : 'code';
  const found = (process.env.PATH ?? '')
    .split(delimiter)
    .map((folder) => join(folder, script))
    .find((path) => existsSync(path));
  if (!found) {
    return undefined;
  }
  const bin = dirname(realpathSync(found));
  return [join(bin, '..', 'code'), join(bin, '..', 'Code.exe'), join(bin, '..', '..', '..', 'MacOS', 'Electron')].find(
    (path) => existsSync(path),
  );
}
