import type { Descriptor, Manifest } from './manifest';
import { parseAnswer, textOf } from './http';
import type { Repository } from './repository';

/** Behind the tag, so that it is no name of ours. */
const extension = '.image';
/** In a layer, where Docker Desktop's export puts everything; said in the image's configuration by what it was made with. */
const folder = 'volume-data';
const volumeLabel = 'com.volumes-backup-extension.volume';
const largestConfig = 1024 ** 2;

/** A volume that Docker Desktop, or its extension “Volumes Backup & Share”, has made an image. */
export interface ExportedImage {
  /** The last one: what was copied on what the image is made from. */
  layer: Descriptor;
  modified: Date;
  volume?: string;
  /** Where it is in the layer. */
  folder: string;
}

/** Undefined for any other image. */
export async function exportedImage(
  repository: Repository,
  { config, layers }: Manifest,
  signal: AbortSignal,
): Promise<ExportedImage | undefined> {
  const layer = layers.at(-1);
  if (!layer || !/image.*config|container\.image/.test(config.mediaType) || config.size > largestConfig)
    return undefined;
  const request = { kind: 'read', method: 'GET', action: 'pull', signal, expect: [200] } as const;
  const answer = await repository.ask({ ...request, at: `/blobs/${config.digest}` });
  const said = readConfig(await textOf(answer));
  return said && { layer, ...said };
}

export function imageName(tag: string): string {
  return tag + extension;
}

export function tagOfImage(name: string): string | undefined {
  return name.endsWith(extension) ? name.slice(0, -extension.length) : undefined;
}

function readConfig(text: string): Omit<ExportedImage, 'layer'> | undefined {
  if (!text.includes(folder)) return undefined;
  const { created, config } = parseAnswer(text) as { created?: string; config?: { Labels?: Record<string, string> } };
  const volume = config?.Labels?.[volumeLabel];
  return { modified: new Date(created ?? 0), folder, ...(volume && { volume }) };
}
