import { createHash } from 'node:crypto';
import * as http from 'node:http';
import * as https from 'node:https';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Upload } from '../../core/backup/destination';
import { Cancelled, throwIfCancelled } from '../../core/failure';
import { Refusal } from './explain';
import { answerTo, begin, discard, Silence } from './http';
import { digestOf, emptyConfig, encodeManifest } from './manifest';
import type { Repository } from './repository';
import { removeManifest, storedManifest } from './storedManifest';
import { tagOf } from './tag';

const never = new AbortController().signal;

/** Small enough to be on its way within the silence that is borne, on a slow line, too. */
const pieceBytes = 256 * 1024;
/** A registry may move all of the bytes once it has them. */
const commitMs = 600_000;
/** How long is waited at its end for a registry to forget an upload: that goes on behind, and who has cancelled is not to wait. */
const farewellMs = 1_000;

/**
 * The bytes are a blob, which goes in one request as `docker push` sends it: that is what every registry takes. A manifest, put
 * last, makes it a file that is listed.
 */
export class BlobUpload implements Upload {
  bytes = 0;
  private readonly hash = createHash('sha256');
  private readonly ending = new AbortController();
  private readonly ended: AbortSignal;
  private request: http.ClientRequest | undefined;
  private sent: Promise<URL> | undefined;
  private problem: Error | undefined;
  private stopped: (problem: Error) => void = () => {};
  private isKept = false;

  private constructor(
    private readonly repository: Repository,
    private readonly name: string,
    private readonly signal: AbortSignal,
    /** Where it goes on; undefined once it is a blob. */
    private session: URL | undefined,
  ) {
    this.ended = AbortSignal.any([signal, this.ending.signal]);
  }

  static async create(repository: Repository, name: string, signal: AbortSignal): Promise<BlobUpload> {
    return new BlobUpload(repository, name, signal, await beginUpload(repository, name, signal));
  }

  async write(bytes: Uint8Array): Promise<void> {
    throwIfCancelled(this.signal);
    try {
      for (let at = 0; at < bytes.length; at += pieceBytes) {
        const piece = bytes.subarray(at, at + pieceBytes);
        this.request ??= await this.beginSending();
        this.hash.update(piece);
        await this.send(this.request, piece);
        this.bytes += piece.length;
      }
    } catch (error) {
      throw this.explained(error);
    }
  }

  async keep(): Promise<void> {
    throwIfCancelled(this.signal);
    try {
      if (this.request) this.session = await this.unlessCancelled(this.endSending(this.request));
      const digest = `sha256:${this.hash.digest('hex')}`;
      await this.commitBlob(digest);
      await this.commit(digest);
      this.isKept = true;
    } catch (error) {
      throw this.explained(error);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.isKept) return;
    this.ending.abort();
    const { session } = this;
    if (session === undefined) return;
    // What is wrong with it has been said by whoever could not write; what stays, registries clear away after some days.
    const forgotten = this.forget(session)
      .catch(() => {})
      .finally(() => this.request?.destroy());
    await Promise.race([forgotten, sleep(farewellMs, undefined, { ref: false })]);
  }

  private async beginSending(): Promise<http.ClientRequest> {
    const url = this.session!;
    const authorization = await this.repository.headersFor(url, 'pull,push', this.ended);
    const headers = { 'content-type': 'application/octet-stream', ...authorization };
    // A connection of its own: on one that was kept open and is just being closed it could not be tried again.
    const agent = url.protocol === 'http:' ? new http.Agent() : new https.Agent();
    const request = begin(url, { method: 'PATCH', headers }, agent);
    request.on('error', (error) => this.stop(error));
    // Before its end an answer can only be a refusal; after that, somebody waits for it.
    request.once('response', (answer) => {
      if (!request.writableEnded) void Refusal.of(answer).then((refusal) => this.stop(refusal));
    });
    return request;
  }

  /** Done when the system has taken them: it takes no more than a moment's worth. */
  private async send(request: http.ClientRequest, piece: Uint8Array): Promise<void> {
    if (this.problem) throw this.problem;
    const { silentMs } = this.repository;
    const timer = setTimeout(() => this.stop(new Silence(silentMs)), silentMs);
    const cancel = () => this.stopped(new Cancelled());
    this.signal.addEventListener('abort', cancel);
    await new Promise<void>((resolve, reject) => {
      this.stopped = reject;
      request.write(piece, (error) => (error ? reject(error) : resolve()));
      if (this.signal.aborted) cancel();
    }).finally(() => {
      clearTimeout(timer);
      this.signal.removeEventListener('abort', cancel);
    });
  }

  private stop(problem: Error): void {
    this.problem ??= problem;
    this.stopped(problem);
  }

  /** Says where the upload goes on, when all is there. */
  private endSending(request: http.ClientRequest): Promise<URL> {
    return (this.sent ??= (async () => {
      const answered = answerTo(request, commitMs);
      request.end();
      const answer = await answered;
      if (answer.statusCode !== 202) throw await Refusal.of(answer);
      discard(answer);
      return this.repository.locationIn(answer, this.session!);
    })());
  }

  private async unlessCancelled<T>(work: Promise<T>): Promise<T> {
    let cancel = () => {};
    const cancelled = new Promise<never>((_, reject) => (cancel = () => reject(new Cancelled())));
    this.signal.addEventListener('abort', cancel);
    return await Promise.race([work, cancelled]).finally(() => this.signal.removeEventListener('abort', cancel));
  }

  private async commitBlob(digest: string): Promise<void> {
    await commitUpload(this.repository, this.session!, { digest }, this.name, this.ended);
    this.session = undefined;
  }

  private async commit(digest: string): Promise<void> {
    const { repository, name, bytes, ended } = this;
    await ensureEmptyConfig(repository, name, ended);
    const tag = tagOf(name);
    const before = await storedManifest(repository, tag, { kind: 'write', file: name, signal: ended });
    throwIfCancelled(this.signal);
    const { type, content } = encodeManifest({ name, digest, bytes, modified: new Date() });
    const put = { kind: 'write', method: 'PUT', action: 'pull,push', file: name, at: `/manifests/${tag}` } as const;
    const headers = { 'content-type': type, 'content-length': content.length };
    try {
      // Not cancelled: nobody would know whether it is there.
      discard(await repository.ask({ ...put, headers, body: content, expect: [201], signal: never }));
    } catch (error) {
      const there = await storedManifest(repository, tag, { kind: 'write', file: name, signal: never }).catch(() => {});
      if (there?.digest !== digestOf(content)) throw error;
    }
    // It has no name any more. A registry that removes nothing keeps it.
    if (before) await removeManifest(repository, before.digest, { file: name, signal: never }).catch(() => {});
  }

  /**
   * What was begun is ended in order: a registry knows an upload that was cut off by where it was, which nobody has been told, and
   * forgets none that it does not know.
   */
  private async forget(session: URL): Promise<void> {
    const at = this.request && !this.problem ? await this.endSending(this.request).catch(() => session) : session;
    const request = { kind: 'write', method: 'DELETE', action: 'delete', file: this.name, signal: never } as const;
    discard(await this.repository.ask({ ...request, at, expect: [204, 202, 200, 404] }));
  }

  private explained(error: unknown): Error {
    if (this.signal.aborted) return new Cancelled();
    return this.repository.explained(error, { kind: 'write', file: this.name });
  }
}

async function beginUpload(repository: Repository, file: string, signal: AbortSignal): Promise<URL> {
  const at = repository.urlOf('/blobs/uploads/');
  const request = { kind: 'write', method: 'POST', action: 'pull,push', file, signal, at } as const;
  const answer = await repository.ask({ ...request, headers: { 'content-length': 0 }, expect: [202] });
  discard(answer);
  return repository.locationIn(answer, at);
}

/** The registry counts the digest itself. When its answer is lost, the blob is there all the same. */
async function commitUpload(
  repository: Repository,
  session: URL,
  { digest, body }: { digest: string; body?: Buffer },
  file: string,
  signal: AbortSignal,
): Promise<void> {
  const headers = { 'content-type': 'application/octet-stream', 'content-length': body?.length ?? 0 };
  const request = { kind: 'write', method: 'PUT', action: 'pull,push', file, signal, headers, body } as const;
  try {
    const at = withDigest(session, digest);
    discard(await repository.ask({ ...request, at, expect: [201, 204], silentMs: commitMs }));
  } catch (error) {
    if (signal.aborted || !(await hasBlob(repository, digest, file, signal).catch(() => false))) throw error;
  }
}

async function ensureEmptyConfig(repository: Repository, file: string, signal: AbortSignal): Promise<void> {
  const digest = digestOf(emptyConfig);
  if (await hasBlob(repository, digest, file, signal)) return;
  const session = await beginUpload(repository, file, signal);
  await commitUpload(repository, session, { digest, body: emptyConfig }, file, signal);
}

async function hasBlob(repository: Repository, digest: string, file: string, signal: AbortSignal): Promise<boolean> {
  const request = { kind: 'write', method: 'HEAD', action: 'pull,push', file, signal } as const;
  const answer = await repository.ask({ ...request, at: `/blobs/${digest}`, expect: [200, 404] });
  discard(answer);
  return answer.statusCode === 200;
}

/** What else is in the address is the registry's, and stays as it is. */
function withDigest(session: URL, digest: string): URL {
  const url = new URL(session);
  url.search = `${url.search}${url.search ? '&' : '?'}digest=${encodeURIComponent(digest)}`;
  return url;
}
