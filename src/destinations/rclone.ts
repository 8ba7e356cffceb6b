import { randomBytes } from 'node:crypto';
import * as path from 'node:path';
import type { Destination, ReadableFile, StoredFile, Upload } from '../core/backup/destination';
import { Cancelled, Failure } from '../core/failure';
import { partialPrefix } from './newFile';
import { listFiles, look, removeFile } from './rcloneFiles';
import { explained, explanationOf, type RcloneWork } from './rcloneProblem';
import { rclonePieces, type RcloneProgram } from './rcloneProgram';
import { RcloneUpload, removeScratch } from './rcloneUpload';

export interface RcloneOptions extends Partial<RcloneProgram> {
  /** `name:` or `name:path`. */
  remote: string;
}

/**
 * A remote of the user's own configuration, and no other: what describes one in place (`:s3,secret_access_key=…:`) would be
 * an argument, and so for every user of the machine to read.
 */
const remotePattern = /^[\p{L}\p{N}_.+@][\p{L}\p{N}_.+@ -]*:[^\0\r\n]*$/u;
const partialPattern = new RegExp(`^${partialPrefix.replaceAll('.', '\\.')}[0-9a-f]+\\.partial$`);

/** A folder at whatever rclone can reach. */
export class Rclone implements Destination {
  private readonly remote: string;
  private readonly program: RcloneProgram;

  constructor({ remote, program = 'rclone', configFile }: RcloneOptions) {
    if (!remotePattern.test(remote)) {
      // Behind the name of such a one its secrets begin.
      const [destination = ''] = remote.split(/[:,]/, 1);
      throw new Failure('destinationNotReached', { destination, reason: 'not a remote of rclone, as in “name:path”' });
    }
    this.remote = remote;
    this.program = { program, configFile };
  }

  async create(name: string, signal: AbortSignal): Promise<Upload> {
    const about = { ...this.work('write', signal), file: this.addressOf(name), signal };
    return await explained(about, async () => {
      // rclone would make it, on the disk below one that is not mounted, too.
      if ((await look(this.program, this.remote, signal)) !== 'folder') {
        throw new Failure('destinationNotWritable', { file: about.file, reason: 'the folder does not exist' });
      }
      const temporary = this.addressOf(`${partialPrefix}${randomBytes(6).toString('hex')}.partial`);
      return await RcloneUpload.create(this.program, about, temporary);
    });
  }

  async *list(signal: AbortSignal): AsyncGenerator<StoredFile, void, undefined> {
    for await (const file of this.listAll(signal)) {
      if (!file.name.startsWith(partialPrefix)) yield file;
    }
  }

  async open(name: string, signal: AbortSignal): Promise<ReadableFile> {
    const about = { ...this.work('read', signal), file: this.addressOf(name) };
    const found = await explained(about, () => look(this.program, about.file, signal));
    if (found === undefined || found === 'folder') {
      throw new Failure('backupNotReadable', { file: about.file, reason: 'it does not exist' });
    }
    return new OpenFile(this.program, this.remote, about.file, found.bytes, found.modified);
  }

  remove(name: string, signal: AbortSignal): Promise<void> {
    const file = this.addressOf(name);
    return explained({ ...this.work('write', signal), file }, () => removeFile(this.program, file, signal));
  }

  async removeLeftovers(before: Date, signal: AbortSignal): Promise<void> {
    await removeScratch(before);
    for await (const { name, modified } of this.listAll(signal)) {
      if (partialPattern.test(name) && modified < before) await this.remove(name, signal);
    }
  }

  private async *listAll(signal: AbortSignal): AsyncGenerator<StoredFile, void, undefined> {
    try {
      for await (const file of listFiles(this.program, this.remote, signal)) {
        yield file;
        if (signal.aborted) throw new Cancelled();
      }
    } catch (error) {
      throw explanationOf(error, this.work('read', signal));
    }
  }

  private work(kind: RcloneWork['kind'], signal: AbortSignal): RcloneWork {
    return { kind, destination: this.remote, file: this.remote, signal };
  }

  private addressOf(name: string): string {
    // A listing of somebody else's names no way out of it.
    if (path.basename(name) !== name) throw new Error(`not the name of a file: ${name}`);
    return /[:/]$/.test(this.remote) ? this.remote + name : `${this.remote}/${name}`;
  }
}

class OpenFile implements ReadableFile {
  constructor(
    private readonly program: RcloneProgram,
    private readonly destination: string,
    readonly address: string,
    readonly bytes: number,
    private readonly modified: Date,
  ) {}

  async *read(start: number, end: number, signal: AbortSignal): AsyncGenerator<Buffer, void, undefined> {
    if (start >= end) return;
    try {
      let left = end - start;
      const range = ['--offset', String(start), '--count', String(left)];
      for await (const piece of rclonePieces(this.program, ['cat', ...range, this.address], signal)) {
        left -= piece.length;
        yield piece;
        if (signal.aborted) throw new Cancelled();
      }
      // rclone ends well, too, where a file has become shorter.
      if (left !== 0) throw this.notReadable('it ends too early');
      if (!(await this.isAsOpened(signal))) throw this.notReadable('it was replaced meanwhile');
    } catch (error) {
      throw explanationOf(error, { kind: 'read', destination: this.destination, file: this.address, signal });
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {}

  private async isAsOpened(signal: AbortSignal): Promise<boolean> {
    const found = await look(this.program, this.address, signal);
    if (found === undefined || found === 'folder') return false;
    return found.bytes === this.bytes && found.modified.getTime() === this.modified.getTime();
  }

  private notReadable(reason: string): Failure {
    return new Failure('backupNotReadable', { file: this.address, reason });
  }
}
