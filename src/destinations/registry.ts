import type { Destination, ReadableFile, StoredFile, Upload } from '../core/backup/destination';
import { Failure, isFailure, throwIfCancelled } from '../core/failure';
import { StoredBlob } from './registry/blob';
import { exportedImage, imageName, tagOfImage } from './registry/exportedImage';
import { fileOf } from './registry/manifest';
import { Repository, type RegistryOptions } from './registry/repository';
import { removeTagged, storedManifest } from './registry/storedManifest';
import { tagOf } from './registry/tag';
import { tagsOf } from './registry/tags';
import { BlobUpload } from './registry/upload';

/** Each file takes a question of its own. */
const askedAtOnce = 4;

/** A repository of a registry of images: every file is an artifact under a tag. */
export class Registry implements Destination {
  private readonly repository: Repository;

  constructor(options: RegistryOptions) {
    this.repository = new Repository(options);
  }

  create(name: string, signal: AbortSignal): Promise<Upload> {
    return BlobUpload.create(this.repository, fileName(name), signal);
  }

  async *list(signal: AbortSignal): AsyncGenerator<StoredFile, void, undefined> {
    const asked: Promise<StoredFile | undefined>[] = [];
    const take = async () => {
      const found = await asked.shift();
      throwIfCancelled(signal);
      return found;
    };
    for await (const tag of tagsOf(this.repository, signal)) {
      const looking = this.look(tag, signal).catch(orNothing);
      // It is told in its turn.
      looking.catch(() => {});
      if (asked.push(looking) < askedAtOnce) continue;
      const found = await take();
      if (found) yield found;
    }
    while (asked.length > 0) {
      const found = await take();
      if (found) yield found;
    }
    throwIfCancelled(signal);
  }

  async open(name: string, signal: AbortSignal): Promise<ReadableFile> {
    const found = await storedManifest(this.repository, tagOf(fileName(name)), { kind: 'read', file: name, signal });
    const file = found?.manifest && fileOf(found.manifest);
    if (file?.name === name) return new StoredBlob(this.repository, name, file.digest, file.bytes);
    const image = await this.imageCalled(name, signal);
    if (!image) throw this.missing(name);
    return new StoredBlob(this.repository, name, image.layer.digest, image.layer.size);
  }

  async remove(name: string, signal: AbortSignal): Promise<void> {
    const tag = tagOf(fileName(name));
    const found = await storedManifest(this.repository, tag, { kind: 'write', file: name, signal });
    if (found) await removeTagged(this.repository, tag, found.digest, { file: name, signal });
  }

  /** A registry lists no uploads. It clears away those that nobody works at, after some days. */
  async removeLeftovers(): Promise<void> {}

  /** Undefined for what is no file of ours, and no volume that Docker Desktop has exported. */
  private async look(tag: string, signal: AbortSignal): Promise<StoredFile | undefined> {
    const found = await storedManifest(this.repository, tag, { kind: 'read', signal });
    if (!found?.manifest) return undefined;
    const file = fileOf(found.manifest);
    // Somebody may have given it another tag, under which it is not found.
    if (file) return tagOf(file.name) === tag ? file : undefined;
    const image = await exportedImage(this.repository, found.manifest, signal);
    if (!image) return undefined;
    const { layer, modified, volume, folder } = image;
    return { name: imageName(tag), bytes: layer.size, modified, image: { volume: volume ?? tag, folder } };
  }

  private async imageCalled(name: string, signal: AbortSignal) {
    const tag = tagOfImage(name);
    const found = tag && (await storedManifest(this.repository, tag, { kind: 'read', file: name, signal }));
    return found && found.manifest && exportedImage(this.repository, found.manifest, signal);
  }

  private missing(name: string): Failure {
    const file = this.repository.addressOf(name);
    return new Failure('backupNotReadable', { file, reason: 'it does not exist' });
  }
}

/** It has gone meanwhile, or it is an image that is not whole: others are there all the same. */
function orNothing(error: unknown): undefined {
  if (!isFailure(error, 'backupNotReadable')) throw error;
}

function fileName(name: string): string {
  // A listing of somebody else's names no way out of it.
  if (name.includes('/')) throw new Error(`not the name of a file: ${name}`);
  return name;
}
