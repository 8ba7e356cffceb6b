import { recoverJournal } from '../../core/operations/recover';
import { KeptReports } from '../../core/recovery/keptReports';
import { isWorthTelling } from '../../core/recovery/report';
import { connectEngine } from '../connectEngine';
import type { DockerEngine } from '../dockerEngine';
import { untilAlone } from './alone';
import { readyLine, type ArmOrder } from './orders';
import { undoPause, undoStop, type UndoOptions } from './undo';
import { watch } from './watch';

// The detached process beside the extension host: it puts containers back when its owner dies or hangs. No signal that
// ends the owner's session may end it before that.
for (const signal of ['SIGHUP', 'SIGINT', 'SIGTERM'] as const) process.on(signal, () => {});

const log = (line: string) => void process.stderr.write(`${new Date().toISOString()} ${line}\n`);
process.stderr.on('error', () => {});
process.stdout.on('error', () => {});
process.stdout.write(readyLine);

const options: UndoOptions = { log, retryMs: 200, giveUpMs: 15 * 60_000, helperLimitMs: 6 * 3_600_000 };

const lookAlone = { pollMs: 3_000, looks: 3 };

void watch(process.stdin, undo, isAlone).finally(() => process.exit(0));

function isAlone(armed: ArmOrder, signal: AbortSignal): Promise<boolean> {
  return untilAlone(() => connect(armed), armed.journal, lookAlone, signal);
}

async function undo(armed: ArmOrder): Promise<void> {
  const { journal } = armed;
  log(`undoing ${journal.operation} of ${journal.volumes.join(', ')}`);
  const engine = await connect(armed);
  const report =
    journal.action === 'pause'
      ? await undoPause(engine, journal, options)
      : await undoStop(engine, journal, recoverJournal, options);
  // Nobody hears us: the next window that opens tells it.
  if (armed.reports !== null && isWorthTelling(report)) await new KeptReports(armed.reports).keep(report);
}

/** Until it can: an engine that restarts comes back, and its containers with it. */
async function connect({ endpoint, namespace, agent, owner }: ArmOrder): Promise<DockerEngine> {
  const giveUp = Date.now() + options.giveUpMs;
  for (;;) {
    try {
      const signal = new AbortController().signal;
      return await connectEngine({ engine: endpoint, namespace, agent, owner, log }, signal);
    } catch (error) {
      if (Date.now() > giveUp) throw error;
      await new Promise((resolve) => setTimeout(resolve, options.retryMs));
    }
  }
}
