import { isFailure } from '../../core/failure';
import { discard, textOf } from './http';
import { acceptedTypes, decodeManifest, digestOf, type Manifest } from './manifest';
import type { Repository, Request } from './repository';

type About = Pick<Request, 'kind' | 'signal'> & { file?: string };

/** Undefined where there is none of this tag. Without `manifest` it is of a kind that we do not know. */
export async function storedManifest(
  repository: Repository,
  tag: string,
  about: About,
): Promise<{ digest: string; manifest: Manifest | undefined } | undefined> {
  const action = about.kind === 'read' ? 'pull' : 'pull,push';
  const request = { ...about, method: 'GET', action, headers: { accept: acceptedTypes }, expect: [200, 404] } as const;
  const answer = await repository.ask({ ...request, at: `/manifests/${tag}` });
  if (answer.statusCode === 404) return void discard(answer);
  try {
    const text = await textOf(answer);
    return { digest: digestOf(Buffer.from(text)), manifest: decodeManifest(text) };
  } catch (error) {
    throw repository.explained(error, about);
  }
}

/** Its blobs go with the registry's next collection of garbage: another file may have the same. */
export async function removeManifest(
  repository: Repository,
  reference: string,
  about: Omit<About, 'kind'>,
): Promise<void> {
  const request = {
    ...about,
    kind: 'write',
    method: 'DELETE',
    action: 'delete',
    expect: [202, 200, 204, 404],
  } as const;
  discard(await repository.ask({ ...request, at: `/manifests/${reference}` }));
}

/** Some registries remove tags only, some manifests only. */
export async function removeTagged(
  repository: Repository,
  tag: string,
  digest: string,
  about: Omit<About, 'kind'>,
): Promise<void> {
  try {
    await removeManifest(repository, digest, about);
  } catch (error) {
    if (!isFailure(error, 'destinationNotWritable')) throw error;
    await removeManifest(repository, tag, about).catch(() => {
      throw error;
    });
  }
}
