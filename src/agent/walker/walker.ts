import { Worker } from 'node:worker_threads';
import type { Pace } from '../pace';
import type { Batch } from './batch';

/** From the walking thread: a batch, the end of a walk, or why it failed. */
export type Told = { walk: number } & (
  { batch: Batch } | { end: true } | { error: { message: string; code?: string | undefined } }
);

/** What the walking thread is started with. */
export interface ThreadStart {
  root: string;
  control: Int32Array;
}

/** Places in `control`, which both threads see: the walk that is wanted, 0 for none, and how many of its batches were taken. */
export const wanted = 0;
export const taken = 1;

/** Walks a tree in a thread of its own, beside what this one does: reads records, compares, writes a manifest. */
export class Walker {
  private readonly control = new Int32Array(new SharedArrayBuffer(8));
  private readonly thread: Worker;
  private walk: Walk | undefined;
  private walks = 0;
  private failure: Error | undefined;

  /** The thread takes some 50 ms to be ready; `root` is opened by the first walk. */
  constructor(readonly root: string) {
    const workerData: ThreadStart = { root, control: this.control };
    this.thread = new Worker(__filename, { workerData });
    this.thread.on('message', (told: Told) => {
      if (this.walk?.id === told.walk) this.walk.hear(told);
    });
    this.thread.on('error', (error) => this.fail(error));
    this.thread.on('exit', (code) => this.fail(new Error(`the walking thread ended with code ${code}`)));
  }

  private fail(error: Error): void {
    this.failure ??= error;
    this.walk?.fail(this.failure);
  }

  /** Begins at once. There is one walk at a time: one that has not ended yet is abandoned. */
  start(): Walk {
    const id = ++this.walks;
    this.walk = new Walk(id, this.control);
    if (this.failure) this.walk.fail(this.failure);
    this.thread.postMessage(id);
    return this.walk;
  }
}

/** A walk that is under way: its batches in the order of the tree (see `walk.ts`). Disposed, it is abandoned. */
export class Walk implements Disposable {
  private readonly arrived: Batch[] = [];
  private ended = false;
  private failure: Error | undefined;
  private wake = () => {};

  constructor(
    readonly id: number,
    private readonly control: Int32Array,
  ) {
    control[taken] = 0;
    this.want(id);
  }

  hear(told: Told): void {
    if ('batch' in told) this.arrived.push(told.batch);
    else if ('end' in told) this.ended = true;
    else return this.fail(Object.assign(new Error(told.error.message), { code: told.error.code }));
    this.wake();
  }

  fail(error: Error): void {
    this.failure = error;
    this.wake();
  }

  /** A large folder takes seconds before the first batch comes: a cancel does not wait for that. */
  async *batches(pace: Pace): AsyncGenerator<Batch> {
    for (;;) {
      const batch = this.arrived.shift();
      if (batch) {
        Atomics.add(this.control, taken, 1);
        Atomics.notify(this.control, taken);
        yield batch;
      } else if (this.failure) throw this.failure;
      else if (this.ended) return;
      else await pace.orCancelled(new Promise<void>((resolve) => (this.wake = resolve)));
    }
  }

  [Symbol.dispose](): void {
    if (this.control[wanted] === this.id) this.want(0);
  }

  private want(walk: number): void {
    Atomics.store(this.control, wanted, walk);
    Atomics.notify(this.control, taken);
  }
}
