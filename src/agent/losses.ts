import type { Loss } from '../core/entry';

/** Gathers what could not be kept: how many of each kind, and the first path. */
export class Losses {
  private readonly byKind = new Map<Loss['kind'], Loss>();

  add(kind: Loss['kind'], path: string): void {
    const loss = this.byKind.get(kind);
    if (loss) loss.count++;
    else this.byKind.set(kind, { kind, count: 1, path });
  }

  list(): Loss[] {
    return [...this.byKind.values()];
  }
}
