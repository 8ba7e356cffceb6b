import type { Entry } from '../../core/entry';
import type { FileOwner } from '../../core/folderVolumes';
import { plainEntry } from '../../core/recorded';

/** The same entries as somebody's own; as they are where nobody is named. */
export function ownedBy(entries: readonly Entry[], owner: FileOwner | undefined): readonly Entry[] {
  return owner ? entries.map((entry) => ({ ...plainEntry(entry), uid: owner.uid, gid: owner.gid })) : entries;
}
