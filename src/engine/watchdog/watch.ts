import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import type { ArmOrder, WatchdogOrder } from './orders';

/**
 * Follows the orders until there is nothing to guard any more. `undo` is called when the owner's end of `input` closes
 * while armed, and when the owner only hangs: for a pause at its deadline, for a stop once `untilAlone` resolves true, for
 * a switch has no deadline.
 */
export async function watch(
  input: Readable,
  undo: (armed: ArmOrder) => Promise<void>,
  untilAlone: (armed: ArmOrder, signal: AbortSignal) => Promise<boolean>,
): Promise<void> {
  let armed: ArmOrder | undefined;
  let deadline: NodeJS.Timeout | undefined;
  let looking: AbortController | undefined;
  let undoing: Promise<void> | undefined;
  const relax = () => {
    clearTimeout(deadline);
    looking?.abort();
  };
  const trigger = () => {
    relax();
    if (armed) undoing ??= undo(armed);
    armed = undefined;
  };
  input.on('error', () => {}); // the owner's death can look like this; the lines end
  for await (const line of createInterface({ input, crlfDelay: Infinity })) {
    const order = parse(line);
    if (!order) continue;
    relax();
    if ('disarm' in order) {
      armed = undefined;
      continue;
    }
    armed = order.arm;
    undoing = undefined;
    const { journal, deadlineMs } = armed;
    if (journal.action === 'pause' && deadlineMs !== null) deadline = setTimeout(trigger, deadlineMs);
    if (journal.action === 'stop') {
      const { signal } = (looking = new AbortController());
      void untilAlone(armed, signal).then((isAlone) => isAlone && !signal.aborted && trigger());
    }
  }
  trigger();
  await undoing;
}

/** A line that was cut off by the owner's death is no order. */
function parse(line: string): WatchdogOrder | undefined {
  try {
    return JSON.parse(line) as WatchdogOrder;
  } catch {
    return undefined;
  }
}
