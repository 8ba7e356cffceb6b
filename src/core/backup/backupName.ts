import { createHash } from 'node:crypto';

const backupExtension = '.tar.zst';
/** Behind that, of one that is encrypted. */
const encryptedExtension = '.age';

/** So much of a volume's name: a file's name has 255 bytes at most. */
const longestVolume = 190;
/** Behind it, of a volume whose name alone may be another one's: no name of a volume has it. */
const mark = '~';
const markDigits = 6;

/** What the name of a backup says besides the volume and the time. */
export interface NameOptions {
  /** The time of the backup that it builds on. */
  since?: Date | undefined;
  isEncrypted?: boolean;
}

/**
 * `db@20261123T195500Z.tar.zst`, and `db@20261123T205500Z-since-20261123T195500Z.tar.zst` for one that has only what has changed
 * since another one, with `.age` behind it when it is encrypted; what some file system does not take in a name is escaped as
 * in addresses.
 */
export function backupName(volume: string, time: Date, { since, isEncrypted = false }: NameOptions = {}): string {
  const moment = since ? `${compact(time)}-since-${compact(since)}` : compact(time);
  const extension = backupExtension + (isEncrypted ? encryptedExtension : '');
  return `${volumePart(volume)}@${moment}${extension}`;
}

/** Where a place takes `Db` and `db` for one name, or where of two long ones the beginning is the same, they still are two. */
function volumePart(volume: string): string {
  const escaped = escapeName(volume);
  if (escaped.length < longestVolume && volume === volume.toLowerCase()) return escaped;
  const digest = createHash('sha256').update(volume).digest('hex').slice(0, markDigits);
  return `${escaped.slice(0, longestVolume)}${mark}${digest}`;
}

function compact(time: Date): string {
  return time.toISOString().replace(/[-:]|\.\d+/g, '');
}

/** Of what may be a backup, by the end of its name. */
export function isBackupName(file: string): boolean {
  return file.endsWith(backupExtension) || file.endsWith(backupExtension + encryptedExtension);
}

/** Of a backup, or of any other file that age wrote. */
export function isEncryptedName(file: string): boolean {
  return file.endsWith(encryptedExtension);
}

/** What the name of a backup says. */
export interface BackupNamed {
  /** Of a very long name only its beginning. */
  volume: string;
  time: Date;
  since?: Date;
  isEncrypted: boolean;
}

/** Undefined for any other file. */
export function readBackupName(file: string): BackupNamed | undefined {
  const match = /^(.+?)(?:~[0-9a-f]{6})?@(\d{8}T\d{6}Z)(?:-since-(\d{8}T\d{6}Z))?\.tar\.zst(?:\.age)?$/s.exec(file);
  const [, volume, at, from] = match ?? [];
  const time = at === undefined ? undefined : readCompact(at);
  const since = from === undefined ? undefined : readCompact(from);
  if (volume === undefined || !time || (from !== undefined && !since)) return undefined;
  return { volume: unescapeName(volume), time, ...(since && { since }), isEncrypted: isEncryptedName(file) };
}

function readCompact(text: string): Date | undefined {
  const time = new Date(text.replace(/^(....)(..)(..T..)(..)/, '$1-$2-$3:$4:'));
  return Number.isNaN(time.getTime()) ? undefined : time;
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
