import * as fs from 'node:fs/promises';
import * as os from 'node:os';
import * as path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Upload } from '../core/backup/destination';
import { Cancelled, Failure, throwIfCancelled } from '../core/failure';
import { look, removeFile, removeUntilGone } from './rcloneFiles';
import { explained, isFull, type RcloneWork } from './rcloneProblem';
import { RcloneError, rclone, rcloneOutput, type Run, type RcloneProgram } from './rcloneProgram';

/** Of the folders in which rclone collects what a remote takes only as a whole. */
const scratchPrefix = 'volumes-for-docker-rclone-';

/** For an rclone that is to end by itself: less than a cancel may take. */
const graceMs = 1_000;
/** How long is waited at its end for what is cleared away: that goes on behind, and who has cancelled is not to wait. */
const farewellMs = 1_000;
/** For the removal of what was not kept. */
const removalMs = 60_000;

/**
 * A file that has a temporary name until it is whole: some remotes show one while it grows, and rclone completes what it was
 * given when we die.
 */
export class RcloneUpload implements Upload {
  bytes = 0;
  private state: 'written' | 'kept' = 'written';
  private renamed: Promise<unknown> | undefined;

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
    const scratch = await fs.mkdtemp(path.join(os.tmpdir(), scratchPrefix));
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
      const found = await look(this.program, this.temporary, this.about.signal);
      if (found === undefined || found === 'folder' || found.bytes !== this.bytes) {
        throw new RcloneError('what arrived is not what was sent');
      }
      throwIfCancelled(this.about.signal);
      // Without `--ignore-times`, a remote that has no times keeps an older file of the same size. Not to be cut off any more:
      // a remote that cannot rename copies, and what it has by then would have the name. An older file goes a moment before.
      this.renamed = rcloneOutput(this.program, ['moveto', '--ignore-times', this.temporary, this.about.file]);
      await this.unlessCancelled(this.renamed);
      this.state = 'kept';
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.race([this.clear(), sleep(farewellMs, undefined, { ref: false })]);
  }

  private async clear(): Promise<void> {
    await this.end();
    await fs.rm(this.scratch, { recursive: true, force: true }).catch(() => {});
    // What is wrong with it has been said by whoever could not write it; what is left of it goes with the leftovers.
    if (this.state !== 'kept') await this.removeAgain().catch(() => {});
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

  private async removeAgain(): Promise<void> {
    const isRenamed = await isDone(this.renamed);
    const signal = AbortSignal.timeout(removalMs);
    if (isRenamed) return await removeFile(this.program, this.about.file, signal);
    const isWhole = await isDone(this.run.ended);
    await (isWhole ? removeFile : removeUntilGone)(this.program, this.temporary, signal);
  }

  private explained<T>(work: () => Promise<T>): Promise<T> {
    return explained(this.about, () =>
      work().catch((error: unknown) => {
        // The remote is not what is full.
        if (!isFull(error) || !error.message.includes(path.basename(this.scratch))) throw error;
        const reason = `${path.dirname(this.scratch)} on this machine has no room, where rclone collects what this remote takes only as a whole`;
        throw new Failure('destinationNotWritable', { file: this.about.file, reason }, { cause: error });
      }),
    );
  }

  private async unlessCancelled(work: Promise<unknown>): Promise<void> {
    const { signal } = this.about;
    let cancel = () => {};
    const cancelled = new Promise<void>((_, reject) => (cancel = () => reject(new Cancelled())));
    signal.addEventListener('abort', cancel);
    await Promise.race([work, cancelled]).finally(() => signal.removeEventListener('abort', cancel));
  }
}

function isDone(work: Promise<unknown> | undefined): Promise<boolean> {
  return work
    ? work.then(
        () => true,
        () => false,
      )
    : Promise.resolve(false);
}

/** What rclone had collected for uploads whose process was killed. */
export async function removeScratch(before: Date): Promise<void> {
  for (const name of await fs.readdir(os.tmpdir()).catch(() => [])) {
    if (!name.startsWith(scratchPrefix)) continue;
    const folder = path.join(os.tmpdir(), name);
    // That of somebody else we can neither read nor remove.
    await removeIfOlder(folder, before).catch(() => {});
  }
}

async function removeIfOlder(folder: string, before: Date): Promise<void> {
  const inside = (await fs.readdir(folder, { recursive: true })).map((name) => path.join(folder, name));
  const times = await Promise.all([folder, ...inside].map(async (file) => (await fs.stat(file)).mtimeMs));
  if (times.every((time) => time < before.getTime())) await fs.rm(folder, { recursive: true, force: true });
}
