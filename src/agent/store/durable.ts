import * as fs from 'node:fs';

/** Writes a small file that is whole or not there at all, whenever the power goes. */
export function writeDurably(path: string, text: string): void {
  const temporary = `${path}.tmp`;
  const handle = fs.openSync(temporary, 'w', 0o600);
  try {
    fs.writeSync(handle, text);
    fs.fsyncSync(handle);
  } finally {
    fs.closeSync(handle);
  }
  fs.renameSync(temporary, path);
}

/** Makes what was created, renamed or removed in a folder survive a power cut. */
export function flushFolder(path: string): void {
  const handle = fs.openSync(path, 'r');
  try {
    fs.fsyncSync(handle);
  } finally {
    fs.closeSync(handle);
  }
}

export function removeIfThere(path: string): void {
  fs.rmSync(path, { force: true });
}

/** Names in a folder; none when the folder is not there. */
export function namesIn(path: string): string[] {
  try {
    return fs.readdirSync(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}
