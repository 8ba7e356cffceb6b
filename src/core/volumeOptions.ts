/** Options of the `local` driver for a folder of the engine's machine: https://docs.docker.com/reference/cli/docker/volume/create/ */
export function bindOptions(folder: string): Record<string, string> {
  return { type: 'none', o: 'bind', device: folder };
}

/** The same for an NFS share. `soft` and a limit: a server that is gone must not hang the engine for good. */
export function nfsOptions({ address, path }: { address: string; path: string }): Record<string, string> {
  return { type: 'nfs', o: `addr=${address},rw,soft,timeo=100`, device: `:${path}` };
}

export interface Pairs {
  pairs: Record<string, string>;
  /** The first word that is no pair. */
  wrong?: string;
}

/** Words of the form `name=value`; quotes keep the spaces of a value: `note="a b"`. */
export function pairsIn(text: string): Pairs {
  const pairs: Record<string, string> = {};
  for (const [word] of text.matchAll(/(?:"[^"]*"|[^\s"])+/g)) {
    const [, name, value] = /^([^=]+)=([^]*)$/.exec(word.replaceAll('"', '')) ?? [];
    if (name === undefined) return { pairs, wrong: word };
    pairs[name] = value ?? '';
  }
  return { pairs };
}
