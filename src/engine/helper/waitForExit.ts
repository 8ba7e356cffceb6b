import type { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { Failure } from '../../core/failure';
import { timeouts, type Wire } from '../wire';
import { asNumber, asRecord } from '../wire/read';
import { toFailure } from '../wireErrors';

/** An engine that does not say that it waits (Podman) is given this long to begin. */
const unannouncedMs = 250;

/**
 * Begins to wait for the end of a container that is not started yet. The outer promise settles once the engine waits: a
 * short-lived container that removes itself could otherwise be gone before the question.
 */
export async function waitForExit(wire: Wire, id: string): Promise<{ exited: Promise<number>; stop(): void }> {
  const controller = new AbortController();
  const answer = new Promise<Readable>((resolve, reject) => {
    wire.docker.modem.dial(
      {
        path: `/containers/${id}/wait?`,
        method: 'POST',
        options: { _query: { condition: 'next-exit' }, _body: {} },
        isStream: true,
        statusCodes: { 200: true },
        abortSignal: controller.signal,
      },
      (error, stream) => (error ? reject(error) : resolve(stream as Readable)),
    );
  });
  const exited = answer
    .then(text)
    .then(exitCode)
    .catch((error: unknown) => {
      throw toFailure(error);
    });
  exited.catch(() => {}); // whoever asks gets it
  await wire.call(() => Promise.race([answer, new Promise((resolve) => setTimeout(resolve, unannouncedMs))]), {
    timeoutMs: timeouts.change,
  });
  return { exited, stop: () => controller.abort() };
}

function exitCode(answer: string): number {
  if (!answer.trim()) throw new Failure('engineLost', { message: 'the engine ended while it waited for a container' });
  const { StatusCode, Error: problem } = asRecord(JSON.parse(answer));
  if (problem && typeof StatusCode !== 'number') throw new Failure('engineError', { message: JSON.stringify(problem) });
  return asNumber(StatusCode);
}
