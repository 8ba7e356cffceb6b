/** Bulk data of one request, beside its parameters and its result: frames of type `data`, in both directions. */
export interface HostData {
  /** Resolves when most of it is on its way: whoever waits for that holds no more than a moment's worth in memory. */
  send(bytes: Uint8Array): Promise<void>;
  /** What the host has for this request, to its end. Asked for while it is read: no more than `piecesAhead` wait here. */
  receive(): AsyncIterable<Buffer>;
}

/** Pieces that are asked for before they are needed, so that nobody waits for the way. */
const piecesAhead = 3;

/** The data that the host sends for one request. */
export class Incoming {
  private readonly arrived: Buffer[] = [];
  private ended = false;
  private wake = () => {};

  constructor(private readonly askForMore: () => void) {}

  push(piece: Buffer, isLast: boolean): void {
    if (piece.length > 0) this.arrived.push(piece);
    this.ended ||= isLast;
    this.wake();
  }

  async *read(): AsyncGenerator<Buffer, void, undefined> {
    for (let n = 0; n < piecesAhead; n++) this.askForMore();
    for (;;) {
      const piece = this.arrived.shift();
      if (piece) {
        yield piece;
        if (!this.ended) this.askForMore();
      } else if (this.ended) return;
      else await new Promise<void>((resolve) => (this.wake = resolve));
    }
  }
}
