import type * as vscode from 'vscode';
import type { Destination } from '../../core/backup/destination';
import {
  readDestinations,
  type DestinationConfig,
  type EncryptionConfig,
  type Keep,
} from '../../core/backup/destinationConfig';
import { recipientOf, type Keys as Opening, type Lock } from '../../destinations/age/keys';
import { Encrypted } from '../../destinations/encrypted';
import { Folder } from '../../destinations/folder';
import { Rclone } from '../../destinations/rclone';
import { Registry } from '../../destinations/registry';
import { ObjectStorage } from '../../destinations/s3';
import { onDidChangeSettings, setDestinations, settings } from '../../ui/settings';

/** Keys of an object storage; kept where VS Code keeps secrets, and nowhere else. */
export interface Keys {
  accessKeyId: string;
  secretAccessKey: string;
}

/** What is secret of a destination: keys for the place, and what opens the backups there. */
export interface Secrets {
  keys?: Keys;
  opening?: Opening;
}

const nothing: Opening = { identities: [], passphrases: [] };

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

  /** Writes as the destination is set up, and reads what is encrypted with every key that it ever had. */
  async open(config: DestinationConfig): Promise<Encrypted> {
    const opening = await this.openingOf(config.name);
    return new Encrypted(await this.place(config), lockOf(config.encryption, opening), opening);
  }

  /** The same, read with what opens the backups that are made now, and not with the keys of before. */
  async openAsNow(config: DestinationConfig): Promise<Encrypted> {
    const opening = await this.openingOf(config.name);
    return (await this.open(config)).withOnly(await openingNow(config.encryption, opening));
  }

  /** As it is, without encryption. `given`: instead of the keys that are stored, for one that is not kept yet. */
  async place(config: DestinationConfig, given?: { keys: Keys | undefined }): Promise<Destination> {
    switch (config.type) {
      case 'folder':
        return new Folder(config.path);
      case 's3':
        return new ObjectStorage({ ...config, ...(given ? given.keys : await this.keysOf(config.name)) });
      case 'rclone':
        return new Rclone({ remote: config.remote });
      case 'registry':
        return new Registry({ repository: config.repository });
    }
  }

  /** In the place of the one that has the name of `replaced`, or as a new one. */
  async save(config: DestinationConfig, { keys, opening }: Secrets, replaced = config.name): Promise<void> {
    const before = await this.openingOf(replaced);
    await this.keepSecret(secretOf(config.name), keys);
    // Older backups need the older keys.
    const all = opening ? joined(opening, before) : before;
    await this.keepSecret(openingSecretOf(config.name), all === nothing ? undefined : all);
    await change((all) => {
      const index = all.findIndex((each) => isCalled(each, replaced));
      return index < 0 ? [...all, config] : all.with(index, config);
    });
    // Last: whatever ends this before, it has its secrets under the name that it has.
    if (replaced !== config.name) await this.forget(replaced);
  }

  async setKeep(name: string, keep: Keep): Promise<void> {
    await change((all) => all.map((each) => (isCalled(each, name) ? { ...(each as object), keep } : each)));
  }

  /** Forgets it; its backups stay. */
  async remove(name: string): Promise<void> {
    await this.forget(name);
    await change((all) => all.filter((each) => !isCalled(each, name)));
  }

  onDidChange(listener: () => void): vscode.Disposable {
    return onDidChangeSettings(['destinations'], listener);
  }

  async keysOf(name: string): Promise<Keys | undefined> {
    const stored = await this.secrets.get(secretOf(name));
    return stored === undefined ? undefined : (JSON.parse(stored) as Keys);
  }

  /** What opens the backups of a destination; the newest first. */
  async openingOf(name: string): Promise<Opening> {
    const stored = await this.secrets.get(openingSecretOf(name));
    return stored === undefined ? nothing : (JSON.parse(stored) as Opening);
  }

  /** What opens the backups of any of them. */
  async allOpening(): Promise<Opening> {
    let all = nothing;
    for (const { name } of this.list()) all = joined(all, await this.openingOf(name));
    return all;
  }

  private async forget(name: string): Promise<void> {
    await this.secrets.delete(secretOf(name));
    await this.secrets.delete(openingSecretOf(name));
  }

  private async keepSecret(name: string, secret: unknown): Promise<void> {
    if (secret === undefined) await this.secrets.delete(name);
    else await this.secrets.store(name, JSON.stringify(secret));
  }
}

export function lockOf(encryption: EncryptionConfig | undefined, { passphrases } = nothing): Lock | undefined {
  return encryption && 'passphrase' in encryption ? { passphrase: passphrases[0] } : encryption;
}

async function openingNow(encryption: EncryptionConfig | undefined, opening: Opening): Promise<Opening> {
  if (!encryption) return nothing;
  if ('passphrase' in encryption) return { identities: [], passphrases: opening.passphrases.slice(0, 1) };
  const recipients = await Promise.all(opening.identities.map(recipientOf));
  const identities = opening.identities.filter((_, i) => encryption.recipients.includes(recipients[i]!));
  return { identities, passphrases: [] };
}

function joined(a: Opening, b: Opening): Opening {
  const unique = (...texts: string[]) => [...new Set(texts)];
  return {
    identities: unique(...a.identities, ...b.identities),
    passphrases: unique(...a.passphrases, ...b.passphrases),
  };
}

/** Of all that the setting says: what we cannot use stays in it, for a slip of the pen is to be mended, not lost. */
async function change(to: (all: readonly unknown[]) => readonly unknown[]): Promise<void> {
  await setDestinations(to(settings.destinations()));
}

function isCalled(said: unknown, name: string): boolean {
  return typeof said === 'object' && said !== null && 'name' in said && said.name === name;
}

function openingSecretOf(name: string): string {
  return `opening:${name}`;
}

function secretOf(name: string): string {
  return `destination:${name}`;
}
