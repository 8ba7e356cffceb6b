import type { PassResult } from '../../core/agentProtocol';
import { objectsOf, type ObjectSet } from '../../core/objectSet';
import { Capture, type CapturePlace, type IsNamed } from '../capture';
import { Losses } from '../losses';
import { observe, type Known, type Observed } from '../observe';
import type { Pace } from '../pace';
import type { Seen } from '../scan';
import { ensureStoreSpace } from '../space';
import { measure } from '../store/recordedSnapshot';
import type { VolumeStore } from '../store/volumeStore';
import type { Walk } from '../walker/walker';

/** How often a file of a volume in use is copied when it changes under the copy; then it stays as it is, and is said. */
const attemptsOnTorn = 3;
/** Up to this, files are copied while the walk goes on; more only once it is known how much there is to do. */
const besideScanBytes = 64 * 1024 * 1024;

export interface PassStart {
  /** Nothing is copied before it has ended. */
  flushed?: Promise<void> | undefined;
  /** Begun for this pass before. */
  walk?: Walk | undefined;
  /** Whether what the last pass saw is proof of anything in the next one. */
  isTrusted: boolean;
}

/** One look at a volume's whole tree, and copies of all files whose content is not known to be in the store. */
export class Pass {
  readonly time = new Date().toISOString();
  readonly losses = new Losses();
  /** What it saw. */
  seen: readonly Observed[] = [];
  /** What of it a snapshot can keep: all but sockets. */
  entries: readonly Observed[] = [];
  private readonly capture: Capture;
  private flushed = false;
  /** Met by the scan, to be copied beside it, or after it. */
  private readonly ready: Seen[] = [];
  private readonly waiting: Seen[] = [];
  private besideScanMs = 0;

  constructor(
    private readonly store: VolumeStore,
    private readonly place: CapturePlace,
  ) {
    this.capture = new Capture(place);
  }

  async run(known: Known, pace: Pace, { flushed, walk, isTrusted }: PassStart): Promise<PassResult> {
    const start = performance.now();
    pace.phase('scan');
    void flushed?.then(
      () => (this.flushed = true),
      () => {}, // said where it is waited for
    );
    this.flushed = !flushed;
    this.place.objects.beginPass();
    const toCopy = (files: readonly Seen[]) => this.copyBeside(files, pace);
    this.seen = await observe(this.place.tree, known, pace, this.losses, { walk, toCopy });
    this.entries = this.seen.filter((entry) => !this.isSocket(entry));
    const scanned = performance.now() - this.besideScanMs;
    if (flushed) {
      pace.phase('flush');
      await pace.orCancelled(flushed);
    }
    await this.copyRest(pace);
    await this.settleTorn(pace);
    this.forgetVanished();
    const { files, bytes } = measure(this.entries);
    return {
      entries: this.entries.length,
      files,
      totalBytes: bytes,
      copiedFiles: this.capture.files,
      copiedBytes: this.capture.bytes,
      // Where nothing is proved unchanged, the next pass copies everything again.
      scanMs: (isTrusted ? scanned : performance.now()) - start,
      totalMs: performance.now() - start,
      losses: this.losses.list(),
    };
  }

  /** Between two batches of the walk, which goes on in its thread meanwhile. */
  private async copyBeside(files: readonly Seen[], pace: Pace): Promise<void> {
    const { capture } = this;
    // What else names a copy that may be brought up to date is known after the scan.
    for (const entry of files) (capture.mayUpdate(entry) ? this.waiting : this.ready).push(entry);
    if (!this.flushed || this.ready.length === 0 || capture.bytes > besideScanBytes) return;
    const start = performance.now();
    await pace.aside('copy', () => this.copy(capture, this.ready.splice(0), pace));
    this.besideScanMs += performance.now() - start;
  }

  private async copyRest(pace: Pace): Promise<void> {
    const { capture } = this;
    const rest = [...this.ready, ...this.waiting];
    pace.phase('copy', {
      totalFiles: capture.files + rest.length,
      totalBytes: capture.bytes + measure(rest).bytes,
    });
    await this.copy(capture, rest, pace, this.namedBesides(rest));
  }

  /** Within the pass: after the last one the app runs on, and what it writes then is of another moment. */
  private async settleTorn(pace: Pace): Promise<void> {
    let { torn } = this.capture;
    for (let attempt = 1; attempt < attemptsOnTorn && torn.size > 0; attempt++) {
      const again = new Capture(this.place);
      await this.copy(again, [...torn], pace, this.namedBesides(torn));
      for (const entry of again.vanished) this.capture.vanished.add(entry);
      ({ torn } = again);
    }
    for (const { path } of torn) this.losses.add('torn', path);
  }

  private async copy(capture: Capture, files: readonly Seen[], pace: Pace, isNamed?: IsNamed): Promise<void> {
    ensureStoreSpace(this.store, this.place.tree, files, this.place.copier);
    await capture.take(files, pace, isNamed);
  }

  /** Whether any other entry has its content in an object. */
  private namedBesides(files: Iterable<Observed>): IsNamed {
    const find = () => {
      const copying = new Set(files);
      return objectsOf(this.entries.filter((entry) => !copying.has(entry)));
    };
    let named: ObjectSet | undefined;
    return (object) => (named ??= find()).has(object);
  }

  private forgetVanished(): void {
    const vanished: ReadonlySet<Observed> = this.capture.vanished;
    if (vanished.size === 0) return;
    for (const { path } of vanished) this.losses.add('vanished', path);
    this.seen = this.seen.filter((entry) => !vanished.has(entry));
    this.entries = this.entries.filter((entry) => !vanished.has(entry));
  }

  private isSocket(entry: Observed): boolean {
    if (entry.type !== 'socket') return false;
    this.losses.add('socket', entry.path);
    return true;
  }
}
