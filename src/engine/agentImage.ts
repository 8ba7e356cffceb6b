import { createHash } from 'node:crypto';
import * as fs from 'node:fs/promises';
import * as path from 'node:path';
import { Cancelled, Failure, isFailure } from '../core/failure';
import { removeContainer } from './containers';
import { createContainer } from './createContainer';
import type { EngineFacts } from './engineFacts';
import { findImage, listImages, removeImage, type Image } from './images';
import { label } from './labels';
import type { Names } from './names';
import { pullImage, type PullProgress } from './pullImage';
import { pullProblem, type PullProblem } from './pullProblem';
import { packSmallTar } from './smallTar';
import { timeouts, type Wire } from './wire';
import { wordsOf } from './wireErrors';

/** Where the agent lies in its image. The volumes are mounted elsewhere, at paths that the image does not have. */
export const agentFolder = '/volumes-for-docker-agent';

const repo = 'volumes-for-docker/agent';

export interface AgentFiles {
  /** The bundled agent, `dist/agent.js`. */
  script: string;
  /** Folder with `linux-x64/koffi.node` and `linux-arm64/koffi.node`. */
  nativeFolder: string;
  /** Image with Node ≥ 22 and GNU tar to put it into; empty for the default. */
  baseImage: string;
  onPull?(progress: PullProgress): void;
}

const defaultBaseImage = 'node:24-slim';

export function baseImageOf({ baseImage }: AgentFiles): string {
  return baseImage || defaultBaseImage;
}

/**
 * Id of the image with this agent. Made when missing, by putting the agent into a container of the base image and
 * committing it: no build and no registry of ours. Two windows may do so at once; the tag then names the later one.
 */
export async function ensureAgentImage(
  wire: Wire,
  facts: EngineFacts,
  files: AgentFiles,
  names: Names,
  signal: AbortSignal,
): Promise<string> {
  const baseName = baseImageOf(files);
  let base = await findImage(wire, baseName, signal);
  const digest = await agentDigest(files, base?.arch ?? facts.arch);
  // The base may have been removed since: what was made from it still serves.
  if (!base) {
    const made = (await listImages(wire, label.agent)).find(
      ({ labels }) => labels[label.agent] === digest && labels[label.base] === baseName,
    );
    if (made) return made.id;
    base = await pullBase(wire, baseName, files, signal);
  }
  const tag = createHash('sha256').update(digest).update(base.id).digest('hex').slice(0, 16);
  const present = await findImage(wire, `${repo}:${tag}`, signal);
  if (present) return present.id;
  const id = await commitAgent(wire, base, files, { tag, baseName, container: names.unlocked('image') });
  void removeSuperseded(wire, { id, baseName }).catch((error: unknown) => {
    wire.log(`superseded agent images stay: ${String(error)}`);
  });
  return id;
}

const digests = new Map<string, string>();

/** Names what is in an agent image, whatever it was put into. Read anew when the files were replaced. */
export async function agentDigest(files: AgentFiles, arch: 'x64' | 'arm64'): Promise<string> {
  const stats = await Promise.all(agentPaths(files, arch).map((file) => fs.stat(file)));
  const key = JSON.stringify([files.script, arch, ...stats.map(({ mtimeMs, size }) => [mtimeMs, size])]);
  const digest = digests.get(key) ?? digestOf(await readAgent(files, arch));
  digests.set(key, digest);
  return digest;
}

function digestOf(files: { content: Buffer }[]): string {
  const hash = createHash('sha256');
  for (const { content } of files) hash.update(content);
  return hash.digest('hex');
}

function readAgent(files: AgentFiles, arch: 'x64' | 'arm64'): Promise<{ path: string; content: Buffer }[]> {
  return Promise.all(
    agentPaths(files, arch).map(async (file) => ({
      path: `${agentFolder.slice(1)}/${path.basename(file)}`,
      content: await fs.readFile(file),
    })),
  );
}

function agentPaths({ script, nativeFolder }: AgentFiles, arch: 'x64' | 'arm64'): string[] {
  return [script, path.join(nativeFolder, `linux-${arch}`, 'koffi.node')];
}

async function pullBase(wire: Wire, name: string, files: AgentFiles, signal: AbortSignal): Promise<Image> {
  wire.log(`pulling ${name}`);
  let problem: PullProblem = { why: 'notFound', reason: '' };
  try {
    await pullImage(wire, name, (progress) => files.onPull?.(progress), signal);
    const pulled = await findImage(wire, name, signal);
    if (pulled) return pulled;
  } catch (error) {
    if (error instanceof Cancelled || signal.aborted) throw new Cancelled();
    if (isFailure(error) && error.code !== 'engineError') throw error;
    problem = pullProblem(name, isFailure(error) ? wordsOf(error) : messageOf(error));
  }
  throw new Failure('agentImageMissing', { image: name, ...problem });
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

async function commitAgent(
  wire: Wire,
  base: Image,
  files: AgentFiles,
  { tag, baseName, container: name }: { tag: string; baseName: string; container: string },
): Promise<string> {
  const agent = await readAgent(files, base.arch ?? 'x64');
  const archive = packSmallTar(agent);
  const labels = { [label.agent]: digestOf(agent), [label.base]: baseName };
  // Never started. Its role lets recovery find it when we die in between, and leave it alone until then.
  const container = await createContainer(wire, {
    name,
    Image: base.id,
    Entrypoint: ['node'],
    Cmd: [`${agentFolder}/agent.js`],
    Labels: { ...labels, [label.role]: 'image' },
    HostConfig: { NetworkMode: 'none' },
  });
  try {
    const limit = { timeoutMs: timeouts.commit };
    await wire.call(
      (docker, abortSignal) => docker.getContainer(container).putArchive(archive, { path: '/', abortSignal }),
      limit,
    );
    const image = await wire.call<{ Id: string }>(
      (docker, abortSignal) =>
        docker
          .getContainer(container)
          .commit({ repo, tag, comment: 'Volumes for Docker: agent', pause: false, abortSignal }),
      limit,
    );
    wire.log(`made ${repo}:${tag} from ${baseName}`);
    // Podman leaves the algorithm out here, and here only.
    return image.Id.includes(':') ? image.Id : `sha256:${image.Id}`;
  } finally {
    await removeContainer(wire, container);
  }
}

/**
 * Removes the images that a new one on the same base takes the place of. A young one may be at work in another window, of
 * another version; should that come back later, it makes its own anew, for the base is here. On another base it might
 * not be.
 */
export async function removeSuperseded(
  wire: Wire,
  { id: current, baseName }: { id: string; baseName: string },
  youngMs = 600_000,
): Promise<void> {
  for (const { id, labels, createdAt } of await listImages(wire, label.agent)) {
    if (id === current || labels[label.base] !== baseName || Date.now() - createdAt < youngMs) continue;
    await removeImage(wire, id).catch(() => {}); // in use
  }
}
