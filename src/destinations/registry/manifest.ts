import { createHash } from 'node:crypto';

/** An artifact as the OCI image specification has it: `oras pull` gets the file under its name. */
export const artifactType = 'application/vnd.volumes-for-docker.backup.v1';
const manifestType = 'application/vnd.oci.image.manifest.v1+json';
/** What a registry may answer with that we understand: ours, and images. */
export const acceptedTypes = [manifestType, 'application/vnd.docker.distribution.manifest.v2+json'].join(', ');

const title = 'org.opencontainers.image.title';
const created = 'org.opencontainers.image.created';

export interface Descriptor {
  mediaType: string;
  digest: string;
  size: number;
  annotations?: Record<string, string>;
}

export interface Manifest {
  mediaType?: string;
  artifactType?: string;
  config: Descriptor;
  layers: Descriptor[];
  annotations?: Record<string, string>;
}

/** The one that artifacts have that need none; registries want it to be there. */
export const emptyConfig = Buffer.from('{}');
const emptyConfigDescriptor: Descriptor = {
  mediaType: 'application/vnd.oci.empty.v1+json',
  digest: digestOf(emptyConfig),
  size: emptyConfig.length,
};

/** A file of ours at a registry. */
export interface FoundFile {
  name: string;
  digest: string;
  bytes: number;
  modified: Date;
}

export function encodeManifest({ name, digest, bytes, modified }: FoundFile): { type: string; content: Buffer } {
  const manifest = {
    schemaVersion: 2,
    mediaType: manifestType,
    artifactType,
    config: emptyConfigDescriptor,
    layers: [{ mediaType: artifactType, digest, size: bytes, annotations: { [title]: name } }],
    annotations: { [created]: modified.toISOString() },
  };
  return { type: manifestType, content: Buffer.from(JSON.stringify(manifest)) };
}

/** Undefined for what is no manifest of one thing: an index, or something of another kind. */
export function decodeManifest(text: string): Manifest | undefined {
  const { config, layers } = parsed(text) as Partial<Manifest>;
  if (!isDescriptor(config) || !Array.isArray(layers) || !layers.every(isDescriptor)) return undefined;
  return parsed(text) as Manifest;
}

/** Undefined for what is none of ours. */
export function fileOf({ artifactType: type, layers, annotations }: Manifest): FoundFile | undefined {
  const [layer] = layers;
  const name = layer?.annotations?.[title];
  const modified = new Date(annotations?.[created] ?? '');
  if (type !== artifactType || layers.length !== 1 || !name || Number.isNaN(modified.getTime())) return undefined;
  return { name, digest: layer.digest, bytes: layer.size, modified };
}

export function digestOf(bytes: Uint8Array): string {
  return `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
}

function parsed(text: string): object {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? value : {};
  } catch {
    return {};
  }
}

function isDescriptor(value: unknown): value is Descriptor {
  const { mediaType, digest, size } = (value ?? {}) as Partial<Descriptor>;
  const isDigest = typeof digest === 'string' && /^sha256:[0-9a-f]{64}$/.test(digest);
  return typeof mediaType === 'string' && isDigest && Number.isSafeInteger(size) && size! >= 0;
}
