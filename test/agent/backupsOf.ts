import { execFileSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { BackupChain } from '../../src/core/backup/backupChain';
import type { BackupBase } from '../../src/core/backup/backupManifest';
import { decodeTrailer } from '../../src/core/backup/trailer';
import type { SnapshotEntry } from '../../src/core/snapshotEntry';
import { Folder } from '../../src/destinations/folder';
import { packParams } from './backup';
import { describeTree, never, Sandbox, specOf } from './sandbox';

/** Backups of a sandbox's volume, each of what has changed since the one before. */
export class BackupsOf {
  /** The destination. */
  private readonly folder: string;
  /** Their names there. */
  readonly made: string[] = [];

  constructor(
    private readonly box: Sandbox,
    private readonly exclude: readonly string[] = [],
  ) {
    this.folder = fs.mkdtempSync(path.join(box.base, 'backups-'));
  }

  at(name: string): string {
    return path.join(this.folder, name);
  }

  sizeOf(name: string): number {
    return fs.statSync(this.at(name)).size;
  }

  chain(name: string): Promise<BackupChain> {
    return BackupChain.open(new Folder(this.folder), name, never);
  }

  /** A snapshot, or one of the volume as it is, packed on the last backup, if any. */
  async backUp(snapshot?: SnapshotEntry): Promise<string> {
    const last = this.made.at(-1);
    const base = last === undefined ? undefined : await this.baseOf(last);
    snapshot ??= await this.box.snapshot();
    const name = `${this.made.length + 1}.tar.zst`;
    const handle = fs.openSync(this.at(name), 'w');
    const onData = async (bytes: Uint8Array) => void fs.writeSync(handle, bytes);
    const params = { ...packParams(this.box, snapshot), exclude: this.exclude, ...(base && { base }) };
    await this.box.withAgent((agent) => agent.request('snapshot.pack', params, { signal: never, onData }));
    fs.closeSync(handle);
    this.made.push(name);
    return name;
  }

  private async baseOf(file: string): Promise<BackupBase> {
    await using found = await this.chain(file);
    const { newest } = found;
    const sha256 = decodeTrailer(newest.trailer).sha256.toString('hex');
    return { file, sha256, snapshot: newest.manifest.snapshot.id, links: 0, linkBytes: 0, fullBytes: 0 };
  }

  importAs(volume: string, name: string): Promise<SnapshotEntry> {
    return this.box.withAgent(async (agent) => {
      await using found = await this.chain(name);
      const trailers = found.links.map(({ trailer }) => trailer.toString('base64'));
      const params = { volume: specOf(volume), note: '', trailers };
      return await agent.request('snapshot.unpack', params, { signal: never, input: found.archives(never) });
    });
  }

  /** The tree that it is, in a volume that has had no snapshot. */
  async restored(name: string): Promise<string> {
    const imported = await this.importAs('other', name);
    const other = new Sandbox(this.box.base);
    Object.assign(other, { store: this.box.store, spec: specOf('other') });
    const tree = await other.contentOf(imported);
    await other.delete(imported);
    return tree;
  }

  /** What GNU tar makes of all of them, one after the other. */
  unpacked(): string {
    const at = fs.mkdtempSync(path.join(this.box.base, 'unpacked-'));
    for (const name of this.made) {
      const options = ['--zstd', '-xGpf', this.at(name), '--xattrs', '--xattrs-include=*', '--acls'];
      execFileSync('tar', [...options, '--numeric-owner', '--same-owner'], { cwd: at, stdio: 'pipe' });
    }
    const tree = describeTree(at);
    fs.rmSync(at, { recursive: true });
    return tree;
  }
}
