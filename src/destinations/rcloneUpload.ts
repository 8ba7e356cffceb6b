import * as fs from 'node:fs/promises';
import * as os from 'node:os';
import * as path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Upload } from '../core/backup/destination';
import { Cancelled, throwIfCancelled } from '../core/failure';
import { look, removeFile, removeUntilGone } from './rcloneFiles';
import { explained, type RcloneWork } from './rcloneProblem';
import { RcloneError, rclone, rcloneOutput, type Run, type RcloneProgram } from './rcloneProgram';

/** For an rclone that is to end by itself: less than a cancel may take. */
const graceMs = 1_000;
/** For the removal of what was not kept. */
const removalMs = 60_000;

/**
 * A file that has a temporary name until it is whole: some remotes show one while it grows, and rclone completes what it was
 * given when we die.
 */
export class RcloneUpload implements Upload {
  bytes = 0;
  private state: 'written' | 'uploaded' | 'kept' = 'written';

  private constructor(
    private readonly program: RcloneProgram,
    private readonly about: RcloneWork & { signal: AbortSignal },
    private readonly temporary: string,
    private readonly scratch: string,
    private readonly run: Run,
  ) {}

  /** `about.file` takes the place of an older one of that name when it is kept. */
  static async create(
    program: RcloneProgram,
    about: RcloneWork & { signal: AbortSignal },
    temporary: string,
  ): Promise<RcloneUpload> {
    const scratch = await fs.mkdtemp(path.join(os.tmpdir(), 'volumes-for-docker-rclone-'));
    const run = rclone(program, ['rcat', temporary], { temporaryFolder: scratch });
    return new RcloneUpload(program, about, temporary, scratch, run);
  }

  /** One at a time. */
  write(bytes: Uint8Array): Promise<void> {
    return this.explained(async () => {
      throwIfCancelled(this.about.signal);
      if (bytes.length === 0) return;
      await this.unlessCancelled(
        new Promise<void>((resolve, reject) => {
          // Called when the system has taken them: rclone reads no faster than it sends.
          this.run.input.write(bytes, (error) => (error ? reject(error) : resolve()));
        }).catch(async () => {
          // Why it ended says more than that it takes no more.
          await this.run.ended;
          throw new RcloneError('rclone ended before the end of the file');
        }),
      );
      this.bytes += bytes.length;
    });
  }

  keep(): Promise<void> {
    return this.explained(async () => {
      throwIfCancelled(this.about.signal);
      this.run.input.end();
      await this.unlessCancelled(this.run.ended);
      this.state = 'uploaded';
      const found = await look(this.program, this.temporary, this.about.signal);
      if (found === undefined || found === 'folder' || found.bytes !== this.bytes) {
        throw new RcloneError('what arrived is not what was sent');
      }
      throwIfCancelled(this.about.signal);
      // Without `--ignore-times`, a remote that has no times keeps an older file of the same size. Not to be cut off any more:
      // a remote that cannot rename copies, and what it has by then would have the name. An older file goes a moment before.
      await rcloneOutput(this.program, ['moveto', '--ignore-times', this.temporary, this.about.file]);
      this.state = 'kept';
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.end();
    // What is wrong with it has been said by whoever could not write it; what is left of it goes with the leftovers.
    await this.removeTemporary().catch(() => {});
    await fs.rm(this.scratch, { recursive: true, force: true }).catch(() => {});
  }

  /** At the end of its input it finishes the file, after which nothing brings it back once it is removed. */
  private async end(): Promise<void> {
    this.run.input.end();
    const timer = new AbortController();
    const ended = this.run.ended.catch(() => {});
    await Promise.race([ended, sleep(graceMs, undefined, { signal: timer.signal }).catch(() => {})]);
    timer.abort();
    this.run.kill();
    await ended;
  }

  private async removeTemporary(): Promise<void> {
    if (this.state === 'kept') return;
    const signal = AbortSignal.timeout(removalMs);
    const isWhole = await this.run.ended.then(
      () => true,
      () => false,
    );
    await (isWhole ? removeFile : removeUntilGone)(this.program, this.temporary, signal);
  }

  private explained<T>(work: () => Promise<T>): Promise<T> {
    return explained(this.about, work);
  }

  private async unlessCancelled(work: Promise<void>): Promise<void> {
    const { signal } = this.about;
    let cancel = () => {};
    const cancelled = new Promise<void>((_, reject) => (cancel = () => reject(new Cancelled())));
    signal.addEventListener('abort', cancel);
    await Promise.race([work, cancelled]).finally(() => signal.removeEventListener('abort', cancel));
  }
}
