export const backupExtension = '.tar.zst';

/** So much of a volume's name: a file's name has 255 bytes at most. */
const longestVolume = 200;

/** `db@20261123T195500Z.tar.zst`; what some file system does not take in a name is escaped as in addresses. */
export function backupName(volume: string, time: Date): string {
  const utc = time.toISOString().replace(/[-:]|\.\d+/g, '');
  return `${escapeName(volume).slice(0, longestVolume)}@${utc}${backupExtension}`;
}

function escapeName(name: string): string {
  // Not at the beginning: the file would be hidden.
  return name.replace(/^\.|[^A-Za-z0-9_.-]/gu, (character) =>
    [...Buffer.from(character)].map((byte) => `%${byte.toString(16).toUpperCase().padStart(2, '0')}`).join(''),
  );
}
