import { createHash, randomBytes } from 'node:crypto';

/** Names of what we make on an engine. Tests use a namespace of their own, so that they never meet a real store. */
export interface Names {
  namespace: string;
  /** Volume, stopped holder and (where volumes with options are refused) running pin of the store. */
  storeVolume: string;
  storeHolder: string;
  storePin: string;
  /** Folder of the store below the engine's own. */
  storeFolder: string;
  freeze: string;
  /** Repository of the image with nothing in it. */
  emptyImage: string;
  /** The name is the lock. */
  lock(volume: string): string;
  unlocked(operation: string): string;
}

export const defaultNamespace = 'volumes-for-docker';

export function namesIn(namespace: string): Names {
  return {
    namespace,
    storeVolume: `${namespace}-store`,
    storeHolder: `${namespace}.store`,
    storePin: `${namespace}.store-pin`,
    storeFolder: namespace,
    emptyImage: `${namespace}/empty`,
    freeze: `${namespace}.freeze`,
    lock: (volume) => `${namespace}.lock.${asContainerName(volume)}`,
    unlocked: (operation) => `${namespace}.${operation}.${randomBytes(6).toString('hex')}`,
  };
}

/** Volumes of plugins may have names that containers cannot have. */
function asContainerName(volume: string): string {
  if (/^[a-zA-Z0-9][a-zA-Z0-9_.-]{0,150}$/.test(volume)) return volume;
  return `_${createHash('sha256').update(volume).digest('hex').slice(0, 32)}`;
}

/**
 * Name a dead container is renamed to: the same for all who claim it, another one each time, and never that of another
 * container, which may be left of an earlier claim.
 */
export function claimedName(name: string, id: string): string {
  const [, base = name, generation = '0'] = claimed.exec(name) ?? [];
  return `${base}.recovering.${Number(generation) + 1}.${id.slice(0, 12)}`;
}

export function isClaimOf(base: string, name: string): boolean {
  return claimed.exec(name)?.[1] === base;
}

const claimed = /^(.*)\.recovering\.(\d+)(?:[.-][\w.-]+)?$/;
