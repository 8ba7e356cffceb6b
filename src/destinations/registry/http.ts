import { once } from 'node:events';
import * as http from 'node:http';
import * as https from 'node:https';
import type { Readable } from 'node:stream';

export interface Question {
  method: string;
  headers?: Record<string, string | number>;
  body?: Uint8Array | string;
  signal?: AbortSignal;
}

/** The largest manifest that a registry has to take has 4 MiB. */
const longestText = 4 * 1024 ** 2;
const mostRedirects = 5;

/** Nothing has come, and nothing could be sent, for so long. */
export class Silence extends Error {
  readonly code = 'ETIMEDOUT';
  constructor(ms: number) {
    super(`no answer within ${Math.round(ms / 1000)} seconds`);
  }
}

/** Something answers, and not as a registry does. */
export class NoRegistry extends Error {
  readonly code = 'EPROTO';
  constructor() {
    super('what answers there is no registry of images');
  }
}

export function parseAnswer(text: string): Record<string, unknown> {
  try {
    return JSON.parse(text) as Record<string, unknown>;
  } catch {
    throw new NoRegistry();
  }
}

/**
 * Begins a request. Not by `fetch`: that has no end for a silence that begins when the bytes of an upload have gone, and
 * does not say when they have.
 */
export function begin(url: URL, { method, headers, signal }: Question, agent?: http.Agent): http.ClientRequest {
  const { request } = url.protocol === 'http:' ? http : https;
  const begun = request(url, { method, headers: { 'user-agent': 'volumes-for-docker', ...headers }, signal, agent });
  // Also after its answer has begun, when whoever reads that is told.
  begun.on('error', () => {});
  return begun;
}

/** The answer, also one that is a refusal; its body is to be read, or left by `discard`. */
export async function send(url: URL, question: Question, silentMs: number): Promise<http.IncomingMessage> {
  const request = begin(url, question);
  const answer = answerTo(request, silentMs);
  request.end(question.body);
  return await answer;
}

export async function answerTo(request: http.ClientRequest, silentMs: number): Promise<http.IncomingMessage> {
  const waiting: { for?: http.IncomingMessage } = {};
  request.setTimeout(silentMs, () => {
    // What has come and is not taken yet is the reader's silence.
    if (!waiting.for?.readableLength) request.destroy(new Silence(silentMs));
  });
  const [answer] = (await once(request, 'response')) as [http.IncomingMessage];
  waiting.for = answer;
  return answer;
}

/** As `send`, where another server may have the content. Who we are, only the first one is told. */
export async function sendFollowing(url: URL, question: Question, silentMs: number): Promise<http.IncomingMessage> {
  let at = url;
  let { headers } = question;
  for (let n = 0; ; n++) {
    const answer = await send(at, { ...question, headers }, silentMs);
    const { location } = answer.headers;
    if (![301, 302, 303, 307, 308].includes(answer.statusCode!) || !location || n === mostRedirects) return answer;
    discard(answer);
    const next = new URL(location, at);
    if (next.origin !== at.origin) {
      const { authorization: _, ...others } = headers ?? {};
      headers = others;
    }
    at = next;
  }
}

/** All of a short body. */
export async function textOf(body: Readable): Promise<string> {
  const parts: Buffer[] = [];
  let bytes = 0;
  for await (const part of body as AsyncIterable<Buffer>) {
    bytes += part.length;
    if (bytes > longestText) throw new NoRegistry();
    parts.push(part);
  }
  return Buffer.concat(parts).toString();
}

export function discard(answer: http.IncomingMessage): void {
  answer.on('error', () => {});
  answer.resume();
}
