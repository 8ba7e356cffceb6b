import { discard, parseAnswer, textOf } from './http';
import type { Repository } from './repository';

/** All tags of a repository, page by page. One that is not there yet has none: the first upload makes it. */
export async function* tagsOf(
  repository: Repository,
  signal: AbortSignal,
  pageTags = 500,
): AsyncGenerator<string, void, undefined> {
  const request = { kind: 'read', method: 'GET', action: 'pull', expect: [200, 404], signal } as const;
  for (let at: URL | undefined = repository.urlOf(`/tags/list?n=${pageTags}`); at;) {
    const answer = await repository.ask({ ...request, at });
    if (answer.statusCode === 404) return discard(answer);
    const { tags } = await read(repository, answer);
    yield* (tags ?? []).filter((tag) => typeof tag === 'string' && tag !== '');
    const [, next] = /<([^>]+)>\s*;\s*rel="?next"?/.exec(String(answer.headers.link ?? '')) ?? [];
    at = next === undefined ? undefined : new URL(next, at);
  }
}

async function read(repository: Repository, answer: Parameters<typeof textOf>[0]): Promise<{ tags?: string[] | null }> {
  try {
    return parseAnswer(await textOf(answer));
  } catch (error) {
    throw repository.explained(error, { kind: 'read' });
  }
}
