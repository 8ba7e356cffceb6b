import { throwIfCancelled } from '../failure';

/** Pieces that wait for the reader, so that nobody waits for the way; no more of them are ever in memory. */
const piecesAhead = 4;

/** What one agent sends and another one reads, with back-pressure: whoever is ahead waits for the other one, until `signal`. */
export class Pipe {
  /** That have gone through. */
  bytes = 0;
  private readonly pieces: Uint8Array[] = [];
  private isEnded = false;
  private wakeReader = () => {};
  private wakeWriter = () => {};

  constructor(private readonly signal: AbortSignal) {
    const wakeBoth = () => (this.wakeReader(), this.wakeWriter());
    signal.addEventListener('abort', wakeBoth, { once: true });
  }

  /** Resolves when there is room for the next one. */
  async write(piece: Uint8Array): Promise<void> {
    throwIfCancelled(this.signal);
    this.bytes += piece.length;
    this.pieces.push(piece);
    this.wakeReader();
    while (this.pieces.length >= piecesAhead && !this.signal.aborted) {
      await new Promise<void>((resolve) => (this.wakeWriter = resolve));
    }
    throwIfCancelled(this.signal);
  }

  end(): void {
    this.isEnded = true;
    this.wakeReader();
  }

  async *read(): AsyncGenerator<Uint8Array, void, undefined> {
    for (;;) {
      throwIfCancelled(this.signal);
      const piece = this.pieces.shift();
      this.wakeWriter();
      if (piece) yield piece;
      else if (this.isEnded) return;
      else await new Promise<void>((resolve) => (this.wakeReader = resolve));
    }
  }
}
