import { Failure } from '../core/failure';
import { asList, asNumber, asRecord, asText, asTexts } from './wire/read';
import { timeouts, type Wire } from './wire';
import { statusOf } from './wireErrors';

export interface Image {
  id: string;
  tags: string[];
  labels: Record<string, string>;
  arch: 'x64' | 'arm64' | undefined;
  createdAt: number;
}

/** The image an engine means by a name; engines complete short names in their own way. Undefined when it has none. */
export async function findImage(wire: Wire, name: string, signal?: AbortSignal): Promise<Image | undefined> {
  try {
    const image = asRecord(
      await wire.call<unknown>((docker, abortSignal) => docker.getImage(name).inspect({ abortSignal } as object), {
        signal,
      }),
    );
    return {
      id: asText(image['Id']),
      tags: asList(image['RepoTags']).map(asText),
      labels: asTexts(asRecord(image['Config'])['Labels']),
      arch: archFrom(asText(image['Architecture']), name),
      createdAt: Date.parse(asText(image['Created'])) || 0,
    };
  } catch (error) {
    if (statusOf(error) === 404) return undefined;
    throw error;
  }
}

/** Images with a label, whatever its value. */
export async function listImages(wire: Wire, label: string): Promise<Image[]> {
  const filters = { label: [label] };
  const images = await wire.call<unknown[]>((docker, abortSignal) => docker.listImages({ filters, abortSignal }));
  return images.map(asRecord).map((image) => ({
    id: asText(image['Id']),
    tags: asList(image['RepoTags']).map(asText),
    labels: asTexts(image['Labels']),
    arch: undefined,
    createdAt: asNumber(image['Created']) * 1000,
  }));
}

/** Never by force: an image that is in use stays. */
export async function removeImage(wire: Wire, name: string): Promise<void> {
  await wire.call((docker, abortSignal) => docker.getImage(name).remove({ abortSignal }), {
    timeoutMs: timeouts.change,
  });
}

function archFrom(text: string, image: string): Image['arch'] {
  if (text === 'amd64' || text === 'x86_64') return 'x64';
  if (text === 'arm64' || text === 'aarch64') return 'arm64';
  if (text === '') return undefined;
  throw new Failure('agentImageMissing', { image, why: 'architecture', reason: text });
}
