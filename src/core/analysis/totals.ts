/** A folder or file, and how much of it there is. */
export interface Sized {
  /** As bytes (latin1). */
  path: string;
  bytes: number;
  files: number;
}

/** As many as anybody reads. */
const shown = 25;

/** Sums by folder: what is in a folder is in those above it, too, but for the root, which has everything. */
export class Totals {
  private readonly folders = new Map<string, Sized>();

  add(file: string, bytes: number): void {
    for (let end = file.indexOf('/'); end >= 0; end = file.indexOf('/', end + 1)) {
      const path = file.slice(0, end);
      const folder = this.folders.get(path);
      if (folder) {
        folder.bytes += bytes;
        folder.files++;
      } else this.folders.set(path, { path, bytes, files: 1 });
    }
  }

  largest(): Sized[] {
    return largestFirst([...this.folders.values()]);
  }
}

export function largestFirst(all: readonly Sized[]): Sized[] {
  return [...all].sort((a, b) => b.bytes - a.bytes || (a.path < b.path ? -1 : 1)).slice(0, shown);
}
