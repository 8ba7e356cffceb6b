import type { Volume } from './engine';

/** The folders on the engine's machine in which a volume's files are to be found. */
export function foldersOf(volume: Volume): string[] {
  return [volume.mountpoint, isBind(volume) ? (volume.options['device'] ?? '') : ''].filter(Boolean);
}

/** Whether one of the folders is the other one, or lies in it. */
export function overlaps(a: string, b: string): boolean {
  return isWithin(a, b) || isWithin(b, a);
}

/** Names of other volumes with the same files, or some of them: options may name one folder or network share twice. */
export function aliasesOf(volume: Volume, all: readonly Volume[]): string[] {
  return all.filter((other) => other.name !== volume.name && isSameData(volume, other)).map(({ name }) => name);
}

function isSameData(a: Volume, b: Volume): boolean {
  const share = shareOf(a);
  if (share !== undefined && share === shareOf(b)) return true;
  return foldersOf(a).some((folder) => foldersOf(b).some((other) => overlaps(folder, other)));
}

/** A `local` volume that is itself a bind mount of a folder. */
function isBind({ options }: Volume): boolean {
  return /\b(r?bind)\b/.test(options['o'] ?? '');
}

/** Type, address and path of a network share; undefined for folders and for file systems in memory. */
function shareOf({ driver, options }: Volume): string | undefined {
  const { type, device, o = '' } = options;
  const address = /(?:^|,)addr=([^,]*)/.exec(o)?.[1];
  const isShare = driver === 'local' && device && (address !== undefined || device.startsWith('//'));
  return isShare ? JSON.stringify([type, address, device]) : undefined;
}

function isWithin(path: string, folder: string): boolean {
  return path === folder || path.startsWith(folder.endsWith('/') ? folder : `${folder}/`);
}
