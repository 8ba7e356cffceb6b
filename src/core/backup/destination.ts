import type { StageTimes } from '../timings/record';

/**
 * A place where backups are kept, each as one file under a name of `backupName.ts`. Its methods reject with
 * destinationNotReached, destinationRefused, destinationFull, destinationNotWritable or backupNotReadable, and with
 * `Cancelled` once their signal is. What is encrypted there also with backupLocked and backupDamaged.
 */
export interface Destination {
  /**
   * Begins a file, which takes the place of an older one of its name when it is kept. Rejects where it is known beforehand
   * that nothing can be written.
   */
  create(name: string, signal: AbortSignal): Promise<Upload>;
  /** Files that are whole, in any order; those of other programs, too. */
  list(signal: AbortSignal): AsyncIterable<StoredFile>;
  open(name: string, signal: AbortSignal): Promise<ReadableFile>;
  /** What uploads left that nobody works at since `before`: their process was killed. */
  removeLeftovers(before: Date, signal: AbortSignal): Promise<void>;
  /** Does nothing where there is none. */
  remove(name: string, signal: AbortSignal): Promise<void>;
}

/** A file that is not listed before it is kept. Disposed before that, nothing of it stays. */
export interface Upload extends AsyncDisposable {
  /** Written so far. */
  readonly bytes: number;
  /** So many will come at most; to be said before the first of them. Throws where that is more than can be sent. */
  expect?(atMost: number): void;
  /** One at a time. The bytes are the caller's again once it is done, which may be long before they are there. */
  write(bytes: Uint8Array): Promise<void>;
  /** What the time went to in which `write` let its caller wait, where that is more than one thing. */
  stages?(): StageTimes;
  /** Once it is done the file is listed, and is there after a power cut. */
  keep(): Promise<void>;
}

export interface StoredFile {
  name: string;
  bytes: number;
  modified: Date;
  /** It is an image that something else has made of a volume: read, it is a tar without proof, with the volume in this folder. */
  image?: VolumeImage;
}

export interface VolumeImage {
  volume: string;
  folder: string;
}

/** Of one moment: when it is replaced meanwhile, reading it rejects or goes on with what it was. */
export interface ReadableFile extends AsyncDisposable {
  /** For people: a path or an address, without secrets. */
  readonly address: string;
  readonly bytes: number;
  /** From `start` up to `end`; fewer bytes only where it has become shorter. */
  read(start: number, end: number, signal: AbortSignal): AsyncGenerator<Uint8Array, void, undefined>;
}
