import { setTimeout as sleep } from 'node:timers/promises';
import type { StoredFile } from '../core/backup/destination';
import { RcloneError, rcloneOutput, rclonePieces, type RcloneProgram } from './rcloneProgram';

/** What `rclone lsjson` says of one entry. */
interface Entry {
  Name: string;
  Size: number;
  ModTime: string;
  IsDir: boolean;
}

type Found = { bytes: number; modified: Date } | 'folder' | undefined;

export async function look(program: RcloneProgram, address: string, signal?: AbortSignal): Promise<Found> {
  try {
    const entry = JSON.parse(
      await rcloneOutput(program, ['lsjson', '--stat', '--no-mimetype', address], signal),
    ) as Entry;
    return entry.IsDir ? 'folder' : storedFile(entry);
  } catch (error) {
    // Folder, or file, not found (rclone.org/docs, exit code).
    if (error instanceof RcloneError && (error.exitCode === 3 || error.exitCode === 4)) return undefined;
    throw error;
  }
}

/** One entry is one line of the array. */
export async function* listFiles(
  program: RcloneProgram,
  folder: string,
  signal: AbortSignal,
): AsyncGenerator<StoredFile> {
  const decoder = new TextDecoder();
  let rest = '';
  for await (const piece of rclonePieces(program, ['lsjson', '--files-only', '--no-mimetype', folder], signal)) {
    const lines = (rest + decoder.decode(piece, { stream: true })).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) {
      if (!line.startsWith('{')) continue;
      const entry = JSON.parse(line.replace(/,\s*$/, '')) as Entry;
      // Documents that a service makes of what it has, whenever they are asked for, have no size.
      if (!entry.IsDir && entry.Size >= 0) yield storedFile(entry);
    }
  }
}

/** Does nothing where there is none. */
export async function removeFile(program: RcloneProgram, address: string, signal?: AbortSignal): Promise<void> {
  try {
    await rcloneOutput(program, ['deletefile', address], signal);
  } catch (error) {
    // How it says that there is none differs from version to version.
    const found = await look(program, address, signal);
    if (found !== undefined && found !== 'folder') throw error;
  }
}

/** A server may go on writing what it has received of a file whose writer was cut off, and bring it back. */
export async function removeUntilGone(program: RcloneProgram, address: string, signal: AbortSignal): Promise<void> {
  for (let n = 0; n < 10 && !signal.aborted; n++) {
    await removeFile(program, address, signal);
    await sleep(200);
    if ((await look(program, address, signal)) === undefined) return;
  }
}

function storedFile({ Name, Size, ModTime }: Entry): StoredFile {
  return { name: Name, bytes: Size, modified: new Date(ModTime) };
}
