import type { Entry, Loss } from '../core/entry';

/** Gathers what could not be kept: how many of each kind, and the first path. */
export class Losses {
  private readonly byKind: Map<Loss['kind'], Loss>;

  /** `known`: from before. */
  constructor(known: readonly Loss[] = []) {
    this.byKind = new Map(known.map((loss) => [loss.kind, { ...loss }]));
  }

  add(kind: Loss['kind'], path: string): void {
    const loss = this.byKind.get(kind);
    if (loss) loss.count++;
    else this.byKind.set(kind, { kind, count: 1, path });
  }

  /** What an entry itself tells, whether it was read just now or is recalled from an earlier scan. */
  addOf(entry: Entry): void {
    if (entry.lostXattrs) this.add('xattr', entry.path);
    if (isOverlayTrace(entry)) this.add('overlay', entry.path);
  }

  list(): Loss[] {
    return [...this.byKind.values()];
  }
}

/**
 * What only an overlay file system makes in the folders it is stacked from: whiteouts, and the folder that it works in.
 * Such folders have `trusted.overlay.*` attributes, which nobody without CAP_SYS_ADMIN sees; a helper has not.
 * https://docs.kernel.org/filesystems/overlayfs.html
 */
function isOverlayTrace(entry: Entry): boolean {
  const { type } = entry;
  if (type === 'char') return entry.rdev === 0;
  return type === 'directory' && entry.mode === 0 && /(^|\/)work\/work$/.test(entry.path);
}
