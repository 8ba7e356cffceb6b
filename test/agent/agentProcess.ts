import { spawn, type ChildProcess } from 'node:child_process';
import * as path from 'node:path';
import { startAgentSession } from '../../src/core/agentClient/client';
import type { AgentSession, AgentTransport } from '../../src/core/agentClient/session';

/** The bundle under test; Node ≥ 22.15 runs it, for zstd. */
export const agentScript = process.env['VFD_AGENT'] ?? path.resolve('dist/agent.js');
const node = process.env['VFD_NODE24'] ?? process.execPath;

export interface RunningAgent {
  process: ChildProcess;
  session: AgentSession;
  /** How many bytes it has told the host. */
  toldBytes(): number;
}

export interface AgentMounts {
  store?: string;
  volume?: string;
  'silence-limit'?: string;
}

/** Starts an agent on folders, as the engine does in a helper. */
export async function startAgent(mounts: AgentMounts): Promise<RunningAgent> {
  const child = spawnAgent(mounts);
  let told = 0;
  const transport = overPipes(child);
  async function* counted() {
    for await (const chunk of transport.output) {
      told += chunk.length;
      yield chunk;
    }
  }
  const session = await startAgentSession({ ...transport, output: counted() }, new AbortController().signal);
  return { process: child, session, toldBytes: () => told };
}

/** Only the process; nobody reads what it says. */
export function spawnAgent(mounts: AgentMounts): ChildProcess {
  const names = ['store', 'volume', 'silence-limit'] as const;
  const args = names.flatMap((name) => (mounts[name] === undefined ? [] : [`--${name}`, mounts[name]]));
  return spawn(node, [agentScript, ...args], { stdio: 'pipe' });
}

function overPipes(child: ChildProcess): AgentTransport {
  const { stdin, stdout, stderr } = child;
  if (!stdin || !stdout || !stderr) throw new Error('no pipes');
  let said = '';
  stderr.on('data', (chunk: Buffer) => (said = (said + chunk.toString()).slice(-4000)));
  stdin.on('error', () => {});
  const exited = new Promise<number>((resolve) => child.once('exit', (code) => resolve(code ?? -1)));
  return {
    write: (bytes) =>
      new Promise((resolve, reject) => stdin.write(bytes, (error) => (error ? reject(error) : resolve()))),
    output: stdout,
    exited,
    stderrTail: () => said,
    dispose: async () => {
      child.kill('SIGKILL');
      await exited;
    },
  };
}
