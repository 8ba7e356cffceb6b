import { Failure, isFailure } from '../../core/failure';
import { discard, textOf } from './http';
import { acceptedTypes, decodeManifest, digestOf, type Manifest } from './manifest';
import type { Repository, Request } from './repository';

const digestPattern = /^[a-z0-9]+:[0-9a-f]{32,}$/;

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
    // Some registries give another text than the one that they know it by.
    const said = String(answer.headers['docker-content-digest'] ?? '');
    const digest = digestPattern.test(said) ? said : digestOf(Buffer.from(text));
    return { digest, manifest: decodeManifest(text) };
  } catch (error) {
    throw repository.explained(error, about);
  }
}

/** Whether there was one to remove. Its blobs go with the registry's next collection of garbage: another file may have the same. */
export async function removeManifest(
  repository: Repository,
  reference: string,
  about: Omit<About, 'kind'>,
): Promise<boolean> {
  const request = {
    ...about,
    kind: 'write',
    method: 'DELETE',
    action: 'delete',
    expect: [202, 200, 204, 404],
  } as const;
  const answer = await repository.ask({ ...request, at: `/manifests/${reference}` });
  discard(answer);
  return answer.statusCode !== 404;
}

/** Some registries remove tags only, some manifests only; and some do not know what they have by either. */
export async function removeTagged(
  repository: Repository,
  tag: string,
  digest: string,
  about: Omit<About, 'kind'>,
): Promise<void> {
  let problem: Error | undefined;
  for (const reference of [digest, tag]) {
    try {
      if (await removeManifest(repository, reference, about)) return;
    } catch (error) {
      if (!isFailure(error, 'destinationNotWritable')) throw problem ?? error;
      problem ??= error;
    }
  }
  if (!(await storedManifest(repository, tag, { ...about, kind: 'write' }))) return;
  const reason = 'the registry says that it is gone, and still has it';
  throw problem ?? new Failure('destinationNotWritable', { file: repository.addressOf(about.file), reason });
}
