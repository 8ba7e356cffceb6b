import { silenceLimitMs as usualLimitMs } from '../core/agentProtocol';
import { HostPipe } from './hostPipe';
import { exitNow } from './libc';
import { Work, type Mounts } from './methods';
import { Conversation } from './serve';

/** Exit codes: 0 after a good-bye, 1 when the host was gone, 2 for a bug. */
const hostGone = 1;

/** Serves the host until one of the two is gone, then ends the process. */
export async function runAgent({ silenceLimitMs = usualLimitMs, ...mounts }: AgentStart): Promise<never> {
  const host = new HostPipe();
  const conversation = new Conversation(new Work(mounts), host);
  endWhenHostIsGone(conversation, host, silenceLimitMs);
  const goodbye = await conversation.serve();
  if (goodbye) await host.flushed();
  exitNow(goodbye ? 0 : hostGone);
}

export interface AgentStart extends Mounts {
  silenceLimitMs?: number | undefined;
}

/** The dead man's switch. As PID 1 we get only the signals that we handle. */
function endWhenHostIsGone(conversation: Conversation, host: HostPipe, limitMs: number): void {
  const end = () => void conversation.hostIsGone().then(() => exitNow(hostGone));
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, end);
  const check = () => {
    if (host.silentMs > limitMs) end();
  };
  // After a long blocking call the timer comes before what has arrived meanwhile: look once more after that.
  setInterval(() => host.silentMs > limitMs && setTimeout(check, 100), 1_000).unref();
}
