import type { Upload } from '../../core/backup/destination';
import { Failure, throwIfCancelled } from '../../core/failure';
import type { StageTimes } from '../../core/timings/record';
import { Waits } from '../../core/timings/waits';
import type { Lock } from './keys';
import { toPassphrase } from './passphrase';

/** While nobody waits for what is written to be encrypted, nobody waits for the place either. */
class SealingWaits extends Waits<'nothing' | 'encrypt' | 'upload'> {
  constructor() {
    super('nothing', { encrypt: 'nothing', upload: 'encrypt' });
  }
}

type Begin = (signal: AbortSignal) => Promise<Upload>;

/** Encrypts what is written to it, and writes that to a file of another destination, as fast as that takes it. */
export class EncryptedUpload implements Upload {
  /** Of the plaintext. */
  bytes = 0;
  private isKept = false;

  private constructor(
    private readonly target: Upload,
    private readonly waits: SealingWaits,
    private readonly plain: WritableStreamDefaultWriter<Uint8Array>,
    /** Rejects with why not all of it could be written. */
    private readonly sent: Promise<void>,
    private readonly giveUp: AbortController,
    private readonly signal: AbortSignal,
  ) {}

  static async create(file: string, lock: Lock, begin: Begin, signal: AbortSignal): Promise<EncryptedUpload> {
    const plain = new TransformStream<Uint8Array, Uint8Array>();
    // Before anything is begun there: it may not be possible.
    const sealed = await seal(file, lock, plain.readable);
    const giveUp = new AbortController();
    const target = await begin(AbortSignal.any([signal, giveUp.signal]));
    const writer = plain.writable.getWriter();
    for (const end of [writer.closed, writer.ready]) end.catch(() => {});
    const waits = new SealingWaits();
    const sent = send(sealed, target, waits);
    sent.catch(() => {});
    return new EncryptedUpload(target, waits, writer, sent, giveUp, signal);
  }

  expect(atMost: number): void {
    // Each 64 KiB have a tag of 16 bytes, and a file has a header.
    this.target.expect?.(Math.ceil(atMost * 1.001) + 1024 ** 2);
  }

  async write(bytes: Uint8Array): Promise<void> {
    throwIfCancelled(this.signal);
    // A copy: the stream may look at it later, and it is the caller's again then.
    await this.waits.during('encrypt', () => this.unlessLost(this.plain.write(new Uint8Array(bytes))));
    this.bytes += bytes.length;
  }

  stages(): StageTimes {
    return { encrypt: this.waits.of('encrypt'), upload: this.waits.of('upload') };
  }

  async keep(): Promise<void> {
    throwIfCancelled(this.signal);
    await this.unlessLost(this.plain.close());
    await this.sent;
    await this.target.keep();
    this.isKept = true;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (!this.isKept) {
      this.giveUp.abort();
      await this.plain.abort().catch(() => {});
      await this.sent.catch(() => {});
    }
    await this.target[Symbol.asyncDispose]();
  }

  /** Why nothing more is taken says more than that. */
  private async unlessLost(work: Promise<void>): Promise<void> {
    try {
      await work;
    } catch (error) {
      await this.sent;
      throw error;
    }
  }
}

async function seal(file: string, lock: Lock, plain: ReadableStream<Uint8Array>): Promise<ReadableStream<Uint8Array>> {
  if ('passphrase' in lock && !lock.passphrase) {
    throw new Failure('destinationNotWritable', {
      file,
      reason: 'its passphrase is not stored on this machine: edit the destination to give it',
    });
  }
  const library = await import('./library');
  const encrypter = new library.Encrypter();
  try {
    if ('passphrase' in lock) encrypter.addRecipient(toPassphrase(library, lock.passphrase!));
    else for (const recipient of lock.recipients) encrypter.addRecipient(recipient);
  } catch (cause) {
    throw new Failure('destinationNotWritable', { file, reason: (cause as Error).message }, { cause });
  }
  return encrypter.encrypt(plain);
}

async function send(sealed: ReadableStream<Uint8Array>, target: Upload, waits: SealingWaits): Promise<void> {
  for await (const piece of sealed) await waits.during('upload', () => target.write(piece));
}
