import { Readable } from 'node:stream';
import { findImage } from './images';
import type { Names } from './names';
import { packSmallTar } from './smallTar';
import { timeouts, type Wire } from './wire';

/** The only tag that Podman gives to what it imports. */
const tag = 'latest';

/**
 * Id of an image with nothing in it, for containers that are never started (the store's holder, the freeze journal): it
 * needs no registry, and keeps no image of the user from being removed.
 */
export async function ensureEmptyImage(wire: Wire, { emptyImage: repo }: Names): Promise<string> {
  const name = `${repo}:${tag}`;
  const present = await findImage(wire, name);
  if (present) return present.id;
  const archive = packSmallTar([{ path: 'nothing-runs-here', content: Buffer.from('Nothing runs here.\n') }]);
  await wire.call(
    async (docker, abortSignal) => {
      const options = { fromSrc: '-', repo, tag, abortSignal };
      const answer = (await docker.importImage(Readable.from([archive]), options)) as Readable;
      for await (const _chunk of answer);
    },
    { timeoutMs: timeouts.change },
  );
  const made = await findImage(wire, name);
  if (!made) throw new Error(`the engine imported ${name} and does not know it`);
  return made.id;
}

/** Whether we ever kept anything on this engine: looking at it must not make anything on one that was never used. */
export async function hasEmptyImage(wire: Wire, { emptyImage: repo }: Names, signal?: AbortSignal): Promise<boolean> {
  return (await findImage(wire, `${repo}:${tag}`, signal)) !== undefined;
}
