import { parentPort, workerData, type MessagePort } from 'node:worker_threads';
import { flag, openPath } from '../libc';
import { walk } from './walk';
import { taken, wanted, type ThreadStart, type Told } from './walker';

/** How many batches may wait to be taken: some 30 MB. */
const aheadLimit = 512;
const lookAgainMs = 1_000;

/** The walking thread: walks when it is told to, until it is done or no longer wanted. */
export function serveWalks(): void {
  const { root, control } = workerData as ThreadStart;
  const port = parentPort!;
  let folder: number | undefined;
  port.on('message', (id: number) => {
    try {
      folder ??= openPath(root, flag.readOnly | flag.folder);
      serveWalk(id, folder, control, port);
    } catch (error) {
      const { message, code } = error as NodeJS.ErrnoException;
      tell(port, { walk: id, error: { message, code } });
    }
  });
}

function serveWalk(id: number, root: number, control: Int32Array, port: MessagePort): void {
  let sent = 0;
  for (const batch of walk(root)) {
    if (!isWanted(id, sent, control)) return;
    tell(port, { walk: id, batch });
    sent++;
  }
  tell(port, { walk: id, end: true });
}

/** Waits while too much is not taken yet. */
function isWanted(id: number, sent: number, control: Int32Array): boolean {
  for (;;) {
    const done = Atomics.load(control, taken);
    if (Atomics.load(control, wanted) !== id) return false;
    if (sent - done < aheadLimit) return true;
    Atomics.wait(control, taken, done, lookAgainMs);
  }
}

function tell(port: MessagePort, told: Told): void {
  port.postMessage(told, 'batch' in told ? [told.batch.bytes.buffer] : []);
}
