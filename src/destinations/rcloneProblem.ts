import { Cancelled, Failure } from '../core/failure';
import { RcloneError } from './rcloneProgram';

export interface RcloneWork {
  kind: 'read' | 'write';
  /** The remote, as the user calls it. */
  destination: string;
  /** The address of the file; the remote's where it is about all of it. */
  file: string;
  signal?: AbortSignal;
}

/**
 * rclone has no codes for these, only words: those of the system, of its own and of the services. What is not recognised is
 * said as it is.
 */
const full =
  /no space left|disk quota|not enough (disk )?space|insufficient.?(storage|space)|storage.?quota|quota.?(exceeded|reached)|out of storage/i;
const refused =
  /unauthori[sz]ed|forbidden|(access|permission).?denied|unable to authenticate|authentication|invalid_grant|fetch token|login incorrect|SignatureDoesNotMatch|InvalidAccessKeyId|insufficientPermissions/i;
const notReached =
  /find section in config file|config(uration)? file|decrypt configuration|connection (refused|reset|lost)|couldn't connect|no such host|no route to host|unreachable|timed? ?out|deadline exceeded|x509|tls:|broken pipe|unexpected EOF|: EOF$/i;

export function isFull(error: unknown): error is RcloneError {
  return error instanceof RcloneError && full.test(error.message);
}

/** Does the work, and turns what rclone says into the failure that it is. */
export async function explained<T>(about: RcloneWork, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw explanationOf(error, about);
  }
}

export function explanationOf(error: unknown, { kind, destination, file, signal }: RcloneWork): unknown {
  if (signal?.aborted) return new Cancelled();
  if (!(error instanceof RcloneError)) return error;
  const { message: reason } = error;
  const options = { cause: error };
  if (error.isMissing) return new Failure('destinationNotReached', { destination, reason }, options);
  if (kind === 'write' && isFull(error)) return new Failure('destinationFull', { file }, options);
  if (refused.test(reason)) return new Failure('destinationRefused', { destination, reason }, options);
  if (notReached.test(reason)) return new Failure('destinationNotReached', { destination, reason }, options);
  return new Failure(kind === 'read' ? 'backupNotReadable' : 'destinationNotWritable', { file, reason }, options);
}
