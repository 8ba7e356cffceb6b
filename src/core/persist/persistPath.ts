import type { ContainerDetails } from '../engine';
import { Failure } from '../failure';

/**
 * Where the data of a folder in a container lies now: in the container itself, on a volume that nobody has named, or in a folder of
 * the engine's machine.
 */
export type PersistSource = { from: 'layer' } | { from: 'volume'; volume: string } | { from: 'bind'; folder: string };

/** Nothing in them is kept, whatever is mounted over them. */
const ofTheKernel = ['/proc', '/sys', '/dev'];

/** As engines write it: absolute, without `.`, `..` and a slash at its end. Undefined for what is no folder to be mounted over. */
export function normalPath(text: string): string | undefined {
  const parts = text.split('/').filter((part) => part !== '' && part !== '.');
  if (!text.startsWith('/') || text.includes('\0') || parts.length === 0 || parts.includes('..')) return undefined;
  const path = `/${parts.join('/')}`;
  return ofTheKernel.some((folder) => isWithin(path, folder)) ? undefined : path;
}

/** Rejects with containerPathMounted what is kept by other means already, and what holds such things: they are no part of it. */
export function sourceOf({ name: container, mounts, tmpfs }: ContainerDetails, path: string): PersistSource {
  const exact = mounts.find((mount) => clean(mount.destination) === path);
  const places = [...mounts.map(({ destination }) => destination), ...tmpfs].map(clean);
  const within = places.find((folder) => folder !== path && isWithin(folder, path));
  if (within !== undefined) throw new Failure('containerPathMounted', { container, path, at: within });
  if (exact?.type === 'volume' && isAnonymous(exact.name ?? '')) return { from: 'volume', volume: exact.name! };
  if (exact?.type === 'bind') return { from: 'bind', folder: exact.source };
  const at = places.find((folder) => isWithin(path, folder));
  if (at !== undefined) throw new Failure('containerPathMounted', { container, path, at });
  return { from: 'layer' };
}

/** A name that an engine has made up. */
export function isAnonymous(volume: string): boolean {
  return /^[0-9a-f]{64}$/.test(volume);
}

export function isWithin(path: string, folder: string): boolean {
  return path === folder || path.startsWith(folder === '/' ? '/' : `${folder}/`);
}

function clean(folder: string): string {
  return folder.length > 1 ? folder.replace(/\/+$/, '') : folder;
}
