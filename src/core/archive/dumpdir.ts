/**
 * What a folder holds, as GNU tar's incremental archives say it in the record `GNU.dumpdir` of the folder's pax header: for
 * each name `Y` (a member of this archive), `N` (as it was in an earlier one) or `D` (a folder, which is a member), then the
 * name and a NUL; one more NUL at the end. `tar -xG` removes from a folder what is not named there.
 * https://www.gnu.org/software/tar/manual/html_node/Dumpdir.html
 */
export const dumpdirRecord = 'GNU.dumpdir';

/** Names are bytes (latin1). */
export interface FolderItem {
  name: string;
  how: 'here' | 'before' | 'folder';
}

const letterOf = { here: 'Y', before: 'N', folder: 'D' } as const;
const howOf = new Map(Object.entries(letterOf).map(([how, letter]) => [letter as string, how as FolderItem['how']]));

export function encodeDumpdir(items: readonly FolderItem[]): string {
  return items.map(({ name, how }) => `${letterOf[how]}${name}\0`).join('') + '\0';
}

/** Throws on anything that `encodeDumpdir` does not write. */
export function decodeDumpdir(text: string): FolderItem[] {
  if (text === '\0') return [];
  if (!text.endsWith('\0\0')) throw new Error('the list of a folder is damaged');
  return text
    .slice(0, -2)
    .split('\0')
    .map((item) => {
      const how = howOf.get(item[0] ?? '');
      const name = item.slice(1);
      if (how === undefined || name === '' || name.includes('/')) throw new Error('the list of a folder is damaged');
      return { name, how };
    });
}
