import { spawn } from 'node:child_process';
import type { Readable, Writable } from 'node:stream';

/** The user's rclone: how it is called, and its configuration where it is not the usual one. */
export interface RcloneProgram {
  program: string;
  configFile?: string;
}

export interface RunOptions {
  /** Ends the process. */
  signal?: AbortSignal;
  /** Where rclone collects what a remote only takes as a whole. */
  temporaryFolder?: string;
}

export interface Run {
  readonly input: Writable;
  readonly output: Readable;
  /** Rejects with `RcloneError` where it ended otherwise than well. */
  readonly ended: Promise<void>;
  kill(): void;
}

/** `message`: the last of its words, without secrets. `exitCode` is missing where it was not started, or killed. */
export class RcloneError extends Error {
  constructor(
    message: string,
    readonly exitCode?: number,
    readonly isMissing = false,
  ) {
    super(message);
    this.name = 'RcloneError';
  }
}

/** One error in time from a remote that is silent, and never a question: what would be answered is a backup. */
const always = [
  '--ask-password=false',
  ...['--retries', '1'],
  ...['--low-level-retries', '5'],
  ...['--contimeout', '15s'],
  ...['--timeout', '60s'],
];

/** Long enough for its last line. */
const wordsKept = 8192;

/** Starts it with these arguments, of which none may be a secret: every user of the machine can read them. */
export function rclone({ program, configFile }: RcloneProgram, args: string[], options: RunOptions = {}): Run {
  const { signal, temporaryFolder: folder } = options;
  const config = configFile === undefined ? [] : ['--config', configFile];
  const child = spawn(program, [...config, ...always, ...args], {
    stdio: 'pipe',
    windowsHide: true,
    env: folder === undefined ? process.env : { ...process.env, TMPDIR: folder, TMP: folder, TEMP: folder },
  });
  const kill = () => void child.kill('SIGKILL');
  let words = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (words = (words + text).slice(-wordsKept)));
  // Whoever writes is told by the callback of the write, or by the end.
  child.stdin.on('error', () => {});

  const ended = new Promise<void>((resolve, reject) => {
    child.on('error', ({ code, message }: NodeJS.ErrnoException) =>
      reject(
        code === 'ENOENT' ? new RcloneError('rclone is not installed', undefined, true) : new RcloneError(message),
      ),
    );
    child.on('close', (code, by) => {
      if (code === 0) resolve();
      else reject(new RcloneError(lastWords(words) || `rclone ended with ${code ?? by}`, code ?? undefined));
    });
  }).finally(() => signal?.removeEventListener('abort', kill));
  ended.catch(() => {});
  signal?.addEventListener('abort', kill);
  if (signal?.aborted) kill();
  return { input: child.stdin, output: child.stdout, ended, kill };
}

/** All that it writes; for what is short. */
export async function rcloneOutput(program: RcloneProgram, args: string[], signal?: AbortSignal): Promise<string> {
  const parts: Buffer[] = [];
  for await (const part of rclonePieces(program, args, signal)) parts.push(part);
  return Buffer.concat(parts).toString();
}

/** What it writes, as it comes; done only when it has ended well. No more is read of it than is asked for. */
export async function* rclonePieces(
  program: RcloneProgram,
  args: string[],
  signal?: AbortSignal,
): AsyncGenerator<Buffer, void, undefined> {
  const run = rclone(program, args, { signal });
  run.input.end();
  try {
    try {
      for await (const piece of run.output) yield piece as Buffer;
    } catch (error) {
      // Why it ended says more than that its output did.
      await run.ended;
      throw error;
    }
    await run.ended;
  } finally {
    run.kill();
  }
}

function lastWords(words: string): string {
  const lines = words.split('\n').map((line) => line.replace(/^\d{4}\/\d\d\/\d\d \d\d:\d\d:\d\d(\.\d+)? /, '').trim());
  const last = lines.findLast((line) => line !== '' && !line.startsWith('Use "rclone')) ?? '';
  const reason = last
    .replace(/^(CRITICAL|ERROR) *: */, '')
    .replace(/^Failed to \w+( with \d+ errors: last error was)?: /, '');
  return withoutSecrets(reason).slice(0, 300);
}

/** Addresses may have a password before the host, and a signature or token behind the path. */
function withoutSecrets(words: string): string {
  return words.replace(/\b([a-z][a-z0-9+.-]*:\/\/)[^\s"/]*@/gi, '$1').replace(/(:\/\/[^\s"?]*)\?[^\s"]*/g, '$1');
}
