import { Cancelled, Failure, isFailure } from '../../core/failure';
import { hasCode } from '../libc';

/**
 * Everything that is wrong with a file of somebody else's is that file's fault, but not what is wrong here. `link`: the name of
 * the file, when another one builds on it.
 */
export async function orDamaged<T>(work: () => T | Promise<T>, link?: string): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    const isOurs = hasCode(cause, 'ENOSPC', 'EDQUOT', 'EIO', 'EACCES', 'EROFS', 'EMFILE', 'ENOENT');
    if (isFailure(cause) || cause instanceof Cancelled || isOurs) throw cause;
    const reason = (cause as Error).message;
    if (link === undefined) throw new Failure('backupDamaged', { reason }, { cause });
    throw new Failure('backupChainBroken', { file: '', link, reason }, { cause });
  }
}
