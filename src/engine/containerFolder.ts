import type { Readable } from 'node:stream';
import type { ContainerChange, ContainerPath } from '../core/engine';
import { Cancelled, Failure } from '../core/failure';
import { asList, asNumber, asRecord, asText } from './wire/read';
import { timeouts, type Wire } from './wire';
import { statusOf, toFailure, wordsOf } from './wireErrors';

/** Bits of Go's file modes, in which engines describe a path. */
const goMode = { folder: 0x80000000, symlink: 0x08000000 };

export async function statContainerPath(
  wire: Wire,
  id: string,
  path: string,
  signal: AbortSignal,
): Promise<ContainerPath | undefined> {
  try {
    const answer = await wire.call<unknown>(
      (docker, abortSignal) => docker.getContainer(id).infoArchive({ path, abortSignal }),
      { signal },
    );
    return pathFrom(asText(asRecord(asRecord(answer)['headers'])['x-docker-container-path-stat']));
  } catch (error) {
    // Podman's status for it is 404 as well; a container that is gone says so.
    if (statusOf(error) === 404 && !/no such container/i.test(wordsOf(error))) return undefined;
    throw error;
  }
}

/** Of the header in which an engine describes what is at a path. */
export function pathFrom(encoded: string): ContainerPath {
  const { mode, linkTarget } = asRecord(JSON.parse(Buffer.from(encoded, 'base64').toString()));
  const bits = asNumber(mode);
  const has = (bit: number) => Math.floor(bits / bit) % 2 === 1;
  if (has(goMode.symlink)) return { type: 'symlink', target: asText(linkTarget) };
  return { type: has(goMode.folder) ? 'folder' : 'other' };
}

/**
 * A folder as a tar of which it is the root: with a dot at the end of its path, it has no name there. Rejects with a failure, as
 * every request does; a piece that nobody asks for is not read.
 */
export async function* readContainerFolder(
  wire: Wire,
  id: string,
  path: string,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array, void, undefined> {
  const stream = (await wire.call(
    (docker, abortSignal) => docker.getContainer(id).getArchive({ path: `${path}/.`, abortSignal }),
    { signal, timeoutMs: timeouts.change },
  )) as Readable;
  const cancel = () => stream.destroy(new Cancelled());
  signal.addEventListener('abort', cancel, { once: true });
  try {
    for await (const piece of stream as AsyncIterable<Buffer>) yield piece;
    if (!stream.readableEnded) throw new Failure('engineLost', { message: 'the engine ended an archive early' });
  } catch (error) {
    throw toFailure(error);
  } finally {
    signal.removeEventListener('abort', cancel);
    stream.destroy();
  }
}

const kinds = ['modified', 'added', 'deleted'] as const;

export async function containerChanges(wire: Wire, id: string, signal: AbortSignal): Promise<ContainerChange[]> {
  const answer = await wire.call<unknown>(
    (docker, abortSignal) => docker.getContainer(id).changes({ abortSignal } as object),
    { signal, timeoutMs: timeouts.change },
  );
  return asList(answer).flatMap((each) => {
    const { Path: path, Kind: kind } = asRecord(each);
    const known = kinds[asNumber(kind)];
    return known && asText(path) ? [{ path: asText(path), kind: known }] : [];
  });
}
