// @ts-check

/** What was started and is not stopped yet, newest last. @type {Set<() => unknown>} */
const pending = new Set();

/**
 * Runs `stop` when the script ends, also when it is interrupted; the returned function runs it now, and only once.
 * @param {() => unknown} stop
 * @returns {() => Promise<void>}
 */
export function atEnd(stop) {
  listen();
  pending.add(stop);
  return async () => {
    if (pending.delete(stop)) {
      await stop();
    }
  };
}

/** @type {Promise<void> | undefined} */
let stopping;

/** Stops everything that is still pending; who calls it while it is under way waits for the same end. */
export function stopAll() {
  return (stopping ??= stopPending().finally(() => (stopping = undefined)));
}

/** Newest first, and what is started meanwhile too. One failure does not keep the others from being stopped. */
async function stopPending() {
  for (let stop; (stop = [...pending].at(-1));) {
    pending.delete(stop);
    try {
      await stop();
    } catch (error) {
      console.error(`could not stop: ${error instanceof Error ? error.message : error}`);
    }
  }
}

let interrupted = false;
/** Whether a signal is ending the script: what fails now fails of that. */
export const isInterrupted = () => interrupted;

let listening = false;
function listen() {
  if (listening) {
    return;
  }
  listening = true;
  for (const [signal, code] of /** @type {const} */ ([
    ['SIGINT', 130],
    ['SIGTERM', 143],
    ['SIGHUP', 129],
  ])) {
    process.on(signal, () => {
      interrupted = true;
      if (!stopping) {
        process.exitCode = code;
        void stopAll().finally(() => process.exit(code));
      }
    });
  }
}
