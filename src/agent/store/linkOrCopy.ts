import * as fs from 'node:fs';
import type { ContentCopier } from '../content';
import { close, flag, hasCode, openPath } from '../libc';
import type { Pace } from '../pace';

/** An inode has room for so many names only (65,000 on ext4), and some file systems know no second ones. */
export async function linkOrCopy(from: string, to: string, copier: ContentCopier, pace: Pace): Promise<void> {
  try {
    fs.linkSync(from, to);
  } catch (error) {
    if (!hasCode(error, 'EMLINK', 'EPERM', 'ENOTSUP', 'EOPNOTSUPP')) throw error;
    const source = openPath(from, flag.readOnly | flag.noFollow);
    try {
      const target = openPath(to, flag.writeOnly | flag.create | flag.exclusive);
      const { size, blocks } = fs.fstatSync(source);
      await copier.copy(source, target, { size, allocatedBytes: blocks * 512 }, pace).finally(() => close(target));
    } finally {
      close(source);
    }
  }
}
