import { parseArgs } from 'node:util';
import { isMainThread } from 'node:worker_threads';
import { silenceLimitMs } from '../core/agentProtocol';
import { HostPipe } from './hostPipe';
import { Work } from './methods';
import { Conversation } from './serve';
import { serveWalks } from './walker/thread';

/** Exit codes: 0 after a good-bye, 1 when the host was gone, 2 for a bug. */
const hostGone = 1;

async function main(): Promise<void> {
  const option = { type: 'string' } as const;
  // The silence limit is given by tests only.
  const { values } = parseArgs({ options: { store: option, volume: option, 'silence-limit': option } });
  const host = new HostPipe();
  const conversation = new Conversation(new Work(values), host);
  endWhenHostIsGone(conversation, host, Number(values['silence-limit'] ?? silenceLimitMs));
  const goodbye = await conversation.serve();
  if (goodbye) await host.flushed();
  process.exit(goodbye ? 0 : hostGone);
}

/** The dead man's switch. As PID 1 we get only the signals that we handle. */
function endWhenHostIsGone(conversation: Conversation, host: HostPipe, limitMs: number): void {
  const end = () => void conversation.hostIsGone().then(() => process.exit(hostGone));
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, end);
  const check = () => {
    if (host.silentMs > limitMs) end();
  };
  // After a long blocking call the timer comes before what has arrived meanwhile: look once more after that.
  setInterval(() => host.silentMs > limitMs && setTimeout(check, 100), 1_000).unref();
}

if (isMainThread) {
  main().catch((error: unknown) => {
    process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`);
    process.exit(2);
  });
} else {
  serveWalks();
}
