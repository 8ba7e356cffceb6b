const backupExtension = '.tar.zst';
/** Behind that, of one that is encrypted. */
const encryptedExtension = '.age';

/** So much of a volume's name: a file's name has 255 bytes at most. */
const longestVolume = 200;

/**
 * `db@20261123T195500Z.tar.zst`, with `.age` behind it when it is encrypted; what some file system does not take in a name is
 * escaped as in addresses.
 */
export function backupName(volume: string, time: Date, { isEncrypted = false } = {}): string {
  const utc = time.toISOString().replace(/[-:]|\.\d+/g, '');
  const extension = backupExtension + (isEncrypted ? encryptedExtension : '');
  return `${escapeName(volume).slice(0, longestVolume)}@${utc}${extension}`;
}

/** Of what may be a backup, by the end of its name. */
export function isBackupName(file: string): boolean {
  return file.endsWith(backupExtension) || file.endsWith(backupExtension + encryptedExtension);
}

/** Of a backup, or of any other file that age wrote. */
export function isEncryptedName(file: string): boolean {
  return file.endsWith(encryptedExtension);
}

/** What the name of a backup says; undefined for any other file. The volume of a very long name is only its beginning. */
export function readBackupName(file: string): { volume: string; time: Date; isEncrypted: boolean } | undefined {
  const match = /^(.+)@(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z\.tar\.zst(?:\.age)?$/s.exec(file);
  if (!match) return undefined;
  const [, volume, year, month, day, hour, minute, second] = match;
  const time = new Date(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
  return Number.isNaN(time.getTime())
    ? undefined
    : { volume: unescapeName(volume!), time, isEncrypted: isEncryptedName(file) };
}

/** Whether the name of a backup may have only the beginning of this volume's: others may begin like it. */
export function isCut(volume: string): boolean {
  return escapeName(volume).length >= longestVolume;
}

function unescapeName(escaped: string): string {
  return escaped.replace(/(?:%[0-9A-F]{2})+/g, (bytes) =>
    Buffer.from(bytes.replaceAll('%', ''), 'hex').toString('utf8'),
  );
}

function escapeName(name: string): string {
  // Not at the beginning: the file would be hidden.
  return name.replace(/^\.|[^A-Za-z0-9_.-]/gu, (character) =>
    [...Buffer.from(character)].map((byte) => `%${byte.toString(16).toUpperCase().padStart(2, '0')}`).join(''),
  );
}
