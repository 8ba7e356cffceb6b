import { randomBytes } from 'node:crypto';
import * as fs from 'node:fs/promises';
import * as path from 'node:path';
import type { Upload } from '../core/backup/destination';
import { Failure, throwIfCancelled } from '../core/failure';

/** Of files that are not whole; hidden, and no name of a backup. */
export const partialPrefix = '.volumes-for-docker-';

/** A file that is not there under its name before it is whole and on the disk. Disposed before that, nothing of it stays. */
export class NewFile implements Upload {
  bytes = 0;
  private isKept = false;

  private constructor(
    private readonly file: string,
    private readonly temporary: string,
    private readonly handle: fs.FileHandle,
    private readonly signal: AbortSignal | undefined,
  ) {}

  /** Rejects, as all of it does, with destinationFull or destinationNotWritable. */
  static create(file: string, signal?: AbortSignal): Promise<NewFile> {
    return explained(file, async () => {
      // In the same folder: only within one file system a rename is one step.
      const temporary = path.join(path.dirname(file), `${partialPrefix}${randomBytes(6).toString('hex')}.partial`);
      return new NewFile(file, temporary, await fs.open(temporary, 'wx', 0o600), signal);
    });
  }

  /** One at a time. */
  write(bytes: Uint8Array): Promise<void> {
    return explained(this.file, async () => {
      this.throwIfCancelled();
      await this.handle.writeFile(bytes);
      this.bytes += bytes.length;
    });
  }

  /** Takes the place of a file of that name. */
  keep(): Promise<void> {
    return explained(this.file, async () => {
      await this.handle.sync();
      await this.handle.close();
      this.throwIfCancelled();
      await fs.rename(this.temporary, this.file);
      this.isKept = true;
      await flushFolder(path.dirname(this.file));
    });
  }

  private throwIfCancelled(): void {
    if (this.signal) throwIfCancelled(this.signal);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.isKept) return;
    // What is wrong with it has been said by whoever could not write it.
    await this.handle.close().catch(() => {});
    await fs.rm(this.temporary, { force: true }).catch(() => {});
  }
}

async function explained<T>(file: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    if (code === undefined) throw cause;
    if (code !== 'ENOSPC' && code !== 'EDQUOT') {
      throw new Failure('destinationNotWritable', { file, reason: (cause as Error).message }, { cause });
    }
    throw new Failure('destinationFull', { file }, { cause });
  }
}

/**
 * So that the rename survives a power cut. Windows has no such call, and some network file systems refuse it: the file is
 * there and whole by then.
 */
async function flushFolder(folder: string): Promise<void> {
  if (process.platform === 'win32') return;
  try {
    const handle = await fs.open(folder, 'r');
    await handle.sync().finally(() => handle.close());
  } catch (error) {
    const { code = '' } = error as NodeJS.ErrnoException;
    if (!['EINVAL', 'ENOTSUP', 'EPERM', 'EACCES', 'EISDIR'].includes(code)) throw error;
  }
}
