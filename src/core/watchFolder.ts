import * as fs from 'node:fs';

/** Calls back whenever something in a folder may have changed; it is made when it is missing. Where none can be watched, nobody is called. */
export function watchFolder(folder: string, listener: () => void): { dispose(): void } {
  try {
    fs.mkdirSync(folder, { recursive: true });
    const watcher = fs.watch(folder, { persistent: false }, listener);
    watcher.on('error', () => watcher.close());
    return { dispose: () => watcher.close() };
  } catch {
    return { dispose: () => {} };
  }
}
