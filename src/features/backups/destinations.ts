import type * as vscode from 'vscode';
import type { Destination } from '../../core/backup/destination';
import { readDestinations, type DestinationConfig, type Keep } from '../../core/backup/destinationConfig';
import { Folder } from '../../destinations/folder';
import { Rclone } from '../../destinations/rclone';
import { ObjectStorage } from '../../destinations/s3';
import { onDidChangeSettings, setDestinations, settings } from '../../ui/settings';

/** Keys of an object storage; kept where VS Code keeps secrets, and nowhere else. */
export interface Keys {
  accessKeyId: string;
  secretAccessKey: string;
}

/** The places for backups that people have set up: in the settings, but for what is secret of them. */
export class Destinations {
  constructor(private readonly secrets: vscode.SecretStorage) {}

  list(): DestinationConfig[] {
    return readDestinations(settings.destinations()).destinations;
  }

  /** Why entries of the setting cannot be used, for the log. */
  problems(): string[] {
    return readDestinations(settings.destinations()).problems;
  }

  /** `given`: instead of the keys that are stored, for one that is not kept yet. */
  async open(config: DestinationConfig, given?: { keys: Keys | undefined }): Promise<Destination> {
    switch (config.type) {
      case 'folder':
        return new Folder(config.path);
      case 's3':
        return new ObjectStorage({ ...config, ...(given ? given.keys : await this.keysOf(config.name)) });
      case 'rclone':
        return new Rclone({ remote: config.remote });
    }
  }

  /** In the place of the one that has the name of `replaced`, or as a new one. */
  async save(config: DestinationConfig, keys: Keys | undefined, replaced = config.name): Promise<void> {
    if (replaced !== config.name) await this.secrets.delete(secretOf(replaced));
    if (keys) await this.secrets.store(secretOf(config.name), JSON.stringify(keys));
    else await this.secrets.delete(secretOf(config.name));
    await change((all) => {
      const index = all.findIndex((each) => isCalled(each, replaced));
      return index < 0 ? [...all, config] : all.with(index, config);
    });
  }

  async setKeep(name: string, keep: Keep): Promise<void> {
    await change((all) => all.map((each) => (isCalled(each, name) ? { ...(each as object), keep } : each)));
  }

  /** Forgets it; its backups stay. */
  async remove(name: string): Promise<void> {
    await this.secrets.delete(secretOf(name));
    await change((all) => all.filter((each) => !isCalled(each, name)));
  }

  onDidChange(listener: () => void): vscode.Disposable {
    return onDidChangeSettings(['destinations'], listener);
  }

  async keysOf(name: string): Promise<Keys | undefined> {
    const stored = await this.secrets.get(secretOf(name));
    return stored === undefined ? undefined : (JSON.parse(stored) as Keys);
  }
}

/** Of all that the setting says: what we cannot use stays in it, for a slip of the pen is to be mended, not lost. */
async function change(to: (all: readonly unknown[]) => readonly unknown[]): Promise<void> {
  await setDestinations(to(settings.destinations()));
}

function isCalled(said: unknown, name: string): boolean {
  return typeof said === 'object' && said !== null && 'name' in said && said.name === name;
}

function secretOf(name: string): string {
  return `destination:${name}`;
}
