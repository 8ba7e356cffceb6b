import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { Duplex } from 'node:stream';

/** One connection to an engine through a process of `ssh`, in the form that http wants a socket in. */
export class SshConnection extends Duplex {
  private readonly child: ChildProcessWithoutNullStreams;
  /** The end of what ssh wrote for people. */
  private said = '';

  constructor(program: string, args: string[]) {
    super();
    this.child = spawn(program, args, { windowsHide: true });
    const { stdin, stdout, stderr } = this.child;
    stdout.on('data', (chunk: Buffer) => this.push(chunk) || stdout.pause());
    stderr.on('data', (chunk: Buffer) => (this.said = (this.said + chunk.toString()).slice(-500)));
    stdin.on('error', () => {}); // it ended, and says below why
    this.child.on('error', (error) => this.lose(error.message));
    // After `exit` its last words may still be on their way.
    this.child.on('close', (code) =>
      code ? this.lose(this.said.trim() || `ssh ended with ${code}`) : this.push(null),
    );
  }

  override _read(): void {
    this.child.stdout.resume();
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: () => void): void {
    this.child.stdin.write(chunk, () => done());
  }

  override _final(done: () => void): void {
    this.child.stdin.end(() => done());
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    this.child.kill();
    done(error);
  }

  // Of a socket, http also calls these.
  setKeepAlive = () => this;
  setNoDelay = () => this;
  setTimeout = () => this;

  ref(): this {
    this.child.ref();
    return this;
  }

  unref(): this {
    this.child.unref();
    return this;
  }

  private lose(reason: string): void {
    this.destroy(Object.assign(new Error(reason), { code: 'ECONNRESET' }));
  }
}
