import { isPattern } from './exclude';
import { readRepository } from './repositoryAddress';
import { keepRules, type KeepRule, type KeepRules } from './keepRules';

/** A destination as the setting `dockerVolumes.destinations` has it; what is secret of it is elsewhere. */
export type DestinationConfig = { name: string; keep?: Keep; encryption?: EncryptionConfig } & Making &
  (FolderConfig | ObjectStorageConfig | RcloneConfig | RegistryConfig);

/** Which backups of each volume stay there. `automatic`: the others go after every backup; else when somebody asks. */
export type Keep = KeepRules & { automatic?: boolean };

/** How backups for it are made, where that is another way than the settings have for all: level of zstd, and what is left out. */
export interface Making {
  level?: number;
  exclude?: readonly string[];
}

/** For public keys of age (`age1…`), or with a passphrase, which is elsewhere. */
export type EncryptionConfig = { recipients: string[] } | { passphrase: true };

export interface FolderConfig {
  type: 'folder';
  path: string;
}

/** S3-compatible. Without `endpoint` it is Amazon's; without keys of ours, those of its own tools are used. */
export interface ObjectStorageConfig {
  type: 's3';
  bucket: string;
  prefix?: string;
  endpoint?: string;
  region?: string;
  pathStyle?: boolean;
  profile?: string;
}

export interface RcloneConfig {
  type: 'rclone';
  /** As rclone says it: `name:path`. */
  remote: string;
}

export interface RegistryConfig {
  type: 'registry';
  /** As for `docker push`, without a tag: `registry.example.com/team/backups`. */
  repository: string;
}

const texts = {
  folder: { needed: ['path'], optional: [] },
  s3: { needed: ['bucket'], optional: ['prefix', 'endpoint', 'region', 'profile'] },
  rclone: { needed: ['remote'], optional: [] },
  registry: { needed: ['repository'], optional: [] },
} as const;

/** Those that can be used; why the others cannot, in words for the log. Two of one name are one too many. */
export function readDestinations(setting: readonly unknown[]): {
  destinations: DestinationConfig[];
  problems: string[];
} {
  const destinations: DestinationConfig[] = [];
  const problems: string[] = [];
  for (const [index, said] of setting.entries()) {
    const problem = problemOf(said, destinations);
    if (problem === undefined) destinations.push(said as DestinationConfig);
    else problems.push(`number ${index + 1} ${problem}`);
  }
  return { destinations, problems };
}

function problemOf(said: unknown, others: readonly DestinationConfig[]): string | undefined {
  if (typeof said !== 'object' || said === null) return 'is no destination';
  const fields = said as Record<string, unknown>;
  const { name, type } = fields;
  if (!isText(name)) return 'has no name';
  if (others.some((other) => other.name === name)) return `has the name of another one, ${name}`;
  if (!isType(type)) return `is of no type that is known: ${Object.keys(texts).join(', ')}`;
  const { needed, optional } = texts[type];
  const missing = needed.find((field) => !isText(fields[field]));
  if (missing) return `has no ${missing}`;
  const wrong = optional.find((field) => fields[field] !== undefined && typeof fields[field] !== 'string');
  if (wrong) return `has a ${wrong} that is no text`;
  const { endpoint, remote, repository, pathStyle, keep, encryption, level, exclude } = fields;
  if (isText(endpoint) && type === 's3' && !isAddress(endpoint))
    return 'has an endpoint that is no address without user and password';
  if (isText(remote) && type === 'rclone' && !isRemote(remote))
    return 'has a remote that is not name:folder, without options';
  if (isText(repository) && type === 'registry' && !readRepository(repository))
    return 'has a repository that is not host/name, without a tag, a user and a password';
  if (pathStyle !== undefined && typeof pathStyle !== 'boolean') return 'has a pathStyle that is not true or false';
  if (encryption !== undefined && !isEncryption(encryption)) {
    return 'has an encryption that is neither recipients (age1…) nor a passphrase that is true';
  }
  if (level !== undefined && !isLevel(level)) return 'has a level that is no whole number from 1 to 19';
  if (exclude !== undefined && !(Array.isArray(exclude) && exclude.every(isPattern)))
    return 'has an exclude that is no list of patterns';
  return keep === undefined || isKeep(keep) ? undefined : `has a keep that is not numbers of ${keepRules.join(', ')}`;
}

/** Of a server. What is secret of it is elsewhere. */
export function isAddress(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, username, password } = new URL(text);
  return /^https?:$/.test(protocol) && username === '' && password === '';
}

/** Of rclone's own configuration: options within it may be secrets, and would be seen. */
export function isRemote(text: string): boolean {
  return /^[^-:,\s][^:,]*:/.test(text);
}

function isLevel(said: unknown): boolean {
  return Number.isInteger(said) && (said as number) >= 1 && (said as number) <= 19;
}

/** All of it, or nothing: a rule that was not understood would have kept something. */
function isKeep(said: unknown): said is Keep {
  if (typeof said !== 'object' || said === null || Array.isArray(said)) return false;
  return Object.entries(said).every(([rule, value]) =>
    rule === 'automatic'
      ? typeof value === 'boolean'
      : keepRules.includes(rule as KeepRule) && Number.isSafeInteger(value) && (value as number) >= 1,
  );
}

/** All of it, or nothing: what was not understood was to keep people from reading. */
function isEncryption(said: unknown): said is EncryptionConfig {
  if (typeof said !== 'object' || said === null) return false;
  const [[way, value] = [], ...more] = Object.entries(said) as [string, unknown][];
  if (more.length > 0) return false;
  if (way === 'passphrase') return value === true;
  const isRecipient = (each: unknown) => typeof each === 'string' && each.startsWith('age1');
  return way === 'recipients' && Array.isArray(value) && value.length > 0 && value.every(isRecipient);
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value.trim() !== '';
}

function isType(value: unknown): value is keyof typeof texts {
  return typeof value === 'string' && Object.hasOwn(texts, value);
}

/** Where it is, for people; without secrets. */
export function addressOf(config: DestinationConfig): string {
  switch (config.type) {
    case 'folder':
      return config.path;
    case 's3':
      return [`s3://${config.bucket}`, config.prefix].filter(Boolean).join('/');
    case 'rclone':
      return config.remote;
    case 'registry':
      return config.repository;
  }
}
