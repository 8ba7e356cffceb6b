import type { ReadableFile } from '../../core/backup/destination';
import { Failure } from '../../core/failure';
import type { Keys } from './keys';
import { withPassphrase } from './passphrase';

/** The header of an age file is text: a first line, for each recipient what opens it, and a line with a checksum. */
const firstLine = Buffer.from('age-encryption.org/v1\n');
const lastLine = /\n--- [A-Za-z0-9+/]{43}\n/;
/** Of hundreds of recipients. */
const longest = 1 << 20;

/** The header of a file, all of it; undefined of a file that is not encrypted. */
export async function readHeader(file: ReadableFile, signal: AbortSignal): Promise<Buffer | undefined> {
  let head: Buffer = Buffer.alloc(0);
  for (let wanted = 4096; ; wanted *= 8) {
    head = Buffer.concat([head, ...(await read(file, head.length, Math.min(wanted, file.bytes), signal))]);
    if (!head.subarray(0, firstLine.length).equals(firstLine)) return undefined;
    const end = lastLine.exec(head.toString('latin1'));
    if (end) return head.subarray(0, end.index + end[0].length);
    if (wanted >= file.bytes || wanted > longest) throw damaged(file, 'its header is cut off');
  }
}

/** The key of the file, which its header holds for each who may open it. Rejects with backupLocked where none of ours does. */
export async function fileKeyOf(file: ReadableFile, header: Uint8Array, keys: Keys): Promise<Uint8Array> {
  const library = await import('./library');
  const decrypter = new library.Decrypter();
  for (const identity of keys.identities) decrypter.addIdentity(identity);
  for (const passphrase of keys.passphrases) decrypter.addIdentity(withPassphrase(library, passphrase));
  // They are asked in this order: who comes last is asked when no other one could open it.
  let lock: 'key' | 'passphrase' | undefined;
  decrypter.addIdentity({
    unwrapFileKey: (stanzas) => {
      lock = stanzas.some(({ args }) => args[0] === 'scrypt') ? 'passphrase' : 'key';
      return null;
    },
  });
  try {
    return await decrypter.decryptHeader(header);
  } catch (cause) {
    if (lock === undefined) throw damaged(file, (cause as Error).message, cause);
    const isTried = (lock === 'key' ? keys.identities : keys.passphrases).length > 0;
    throw new Failure('backupLocked', { file: file.address, lock, isTried });
  }
}

export function damaged({ address }: ReadableFile, reason: string, cause?: unknown): Failure {
  return new Failure('backupDamaged', { file: address, reason }, { cause });
}

export async function read(file: ReadableFile, from: number, to: number, signal: AbortSignal): Promise<Uint8Array[]> {
  const parts: Uint8Array[] = [];
  for await (const part of file.read(from, to, signal)) parts.push(part);
  return parts;
}
