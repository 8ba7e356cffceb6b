import { spawn, type ChildProcess } from 'node:child_process';
import * as fs from 'node:fs';
import type { FreezeJournal, Watchdog } from '../../core/engine';
import type { DockerEngine } from '../dockerEngine';
import { readyLine, type ArmOrder, type WatchdogOrder } from './orders';

export interface WatchdogOptions {
  /** The bundled `dist/watchdog.js`. */
  script: string;
  engine: Pick<DockerEngine, 'endpoint' | 'connection'>;
  /** Folder of the reports (`KeptReports`) that tell of what it had to undo. */
  reports?: string;
  /** File that the watchdog's own words go to. */
  logFile?: string;
  /** A program that runs `script`: Node, or VS Code's Electron as Node. */
  program?: string;
}

const startLimitMs = 10_000;

/** Starts a watchdog; it is a process of its own that outlives us, in a session of its own. */
export function startWatchdog(options: WatchdogOptions): Watchdog {
  return new WatchdogProcess(options);
}

class WatchdogProcess implements Watchdog {
  private readonly child: ChildProcess;
  private readonly up: Promise<void>;

  constructor(private readonly options: WatchdogOptions) {
    const stderr = options.logFile ? fs.openSync(options.logFile, 'a', 0o600) : 'ignore';
    this.child = spawn(options.program ?? process.execPath, [options.script], {
      detached: true,
      windowsHide: true,
      stdio: ['pipe', 'pipe', stderr],
      env: { ...bare(process.env), ELECTRON_RUN_AS_NODE: '1' },
    });
    if (typeof stderr === 'number') fs.closeSync(stderr);
    this.child.stdin?.on('error', () => {}); // it ended; `ready` says so, or the freeze's own end
    this.up = untilReady(this.child);
    this.up.catch(() => {}); // whoever asks gets it
  }

  ready(): Promise<void> {
    return this.up;
  }

  arm(journal: FreezeJournal, deadlineMs: number): void {
    const { endpoint, connection } = this.options.engine;
    const { script, nativeFolder, baseImage } = connection.agent;
    const arm: ArmOrder = {
      endpoint,
      namespace: connection.names.namespace,
      agent: { script, nativeFolder, baseImage },
      owner: connection.owner,
      journal,
      deadlineMs: Number.isFinite(deadlineMs) ? deadlineMs : null,
      reports: this.options.reports ?? null,
    };
    this.send({ arm });
  }

  disarm(): void {
    this.send({ disarm: true });
  }

  [Symbol.dispose](): void {
    this.child.stdin?.end();
    this.child.unref();
  }

  private send(order: WatchdogOrder): void {
    this.child.stdin?.write(`${JSON.stringify(order)}\n`);
  }
}

function untilReady(child: ChildProcess): Promise<void> {
  return new Promise((resolve, reject) => {
    const fail = (reason: string) => reject(new Error(`the watchdog did not start: ${reason}`));
    const timer = setTimeout(() => fail('no answer'), startLimitMs);
    child.once('error', (error) => fail(error.message));
    child.once('exit', (code, signal) => fail(`ended with ${code ?? signal}`));
    child.stdout?.once('data', (chunk: Buffer) => {
      clearTimeout(timer);
      if (chunk.toString() === readyLine) resolve();
      else fail(chunk.toString());
      // From here on nothing of it keeps our process alive.
      child.stdout?.destroy();
      child.unref();
    });
  });
}

/** Without what would make the process another one: VS Code's own variables, and Node's options. */
function bare(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !/^(VSCODE_|ELECTRON_|NODE_OPTIONS$)/.test(name)));
}
