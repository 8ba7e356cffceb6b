import { randomBytes } from 'node:crypto';
import type { Destination } from '../backup/destination';
import { Failure } from '../failure';
import { clearUpAfter } from './clearUpAfter';

/** Writes a small file, finds it, reads it and removes it: everything that backups need. Rejects with what does not work. */
export async function checkDestination(destination: Destination, address: string, signal: AbortSignal): Promise<void> {
  const file = `volumes-for-docker-test-${randomBytes(6).toString('hex')}`;
  const content = Buffer.from(file);
  try {
    {
      await using upload = await destination.create(file, signal);
      await upload.write(content);
      await upload.keep();
    }
    if (!(await isListed(destination, file, signal))) throw notAsWritten(address);
    await using found = await destination.open(file, signal);
    const parts: Uint8Array[] = [];
    for await (const part of found.read(0, found.bytes, signal)) parts.push(part);
    if (!Buffer.concat(parts).equals(content)) throw notAsWritten(address);
  } catch (error) {
    // Also after a cancel.
    await clearUpAfter(error, () => destination.remove(file, new AbortController().signal));
    throw error;
  }
  await destination.remove(file, signal);
}

async function isListed(destination: Destination, file: string, signal: AbortSignal): Promise<boolean> {
  for await (const { name } of destination.list(signal)) if (name === file) return true;
  return false;
}

function notAsWritten(file: string): Failure {
  return new Failure('destinationNotWritable', { file, reason: 'what was written is not there' });
}
