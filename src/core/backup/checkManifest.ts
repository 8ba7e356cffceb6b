import type { Database } from '../database';
import type { Loss } from '../entry';
import type { Consistency, SnapshotUser, VolumeSpec } from '../snapshotEntry';
import type { BackedUpSnapshot, BackupBase, BackupManifest, Exclusion } from './backupManifest';

/** Only what a manifest says in the form that we know; it may come from anybody. Throws where something is missing. */
export function checkManifest(json: unknown): BackupManifest {
  const manifest = record(json);
  const format = count(manifest.format);
  if (format > 3) throw new UnknownFormat(`format ${format} is not known`);
  if (format !== 1 && format !== 2 && format !== 3) throw unexpected(format);
  const hasBase = format === 2 || (format === 3 && manifest.base !== undefined);
  const archive = record(manifest.archive);
  return {
    format,
    tool: text(manifest.tool),
    madeAt: text(manifest.madeAt),
    snapshot: snapshot(record(manifest.snapshot)),
    ...(hasBase && { base: base(record(manifest.base)) }),
    ...(format === 3 && { excluded: exclusion(record(manifest.excluded)) }),
    archive: {
      entries: count(archive.entries),
      tarBytes: count(archive.tarBytes),
      compressedBytes: count(archive.compressedBytes),
    },
  };
}

/** A newer version may have written it. */
export class UnknownFormat extends Error {}

type Json = Record<string, unknown>;

function snapshot(said: Json): BackedUpSnapshot {
  const git = said.git === undefined ? undefined : record(said.git);
  return {
    id: text(said.id),
    volume: volume(record(said.volume)),
    time: time(said.time),
    kind: said.kind === 'safety' ? 'safety' : 'user',
    note: text(said.note),
    consistency: consistency(said.consistency),
    ...(said.asked !== undefined && { asked: consistency(said.asked) }),
    users: list(said.users).map(user),
    ...(said.databases !== undefined && { databases: list(said.databases).map(database) }),
    losses: list(said.losses).map(loss),
    entries: count(said.entries),
    files: count(said.files),
    totalBytes: count(said.totalBytes),
    frozenMs: number(said.frozenMs),
    ...(git && { git: { branch: text(git.branch), commit: text(git.commit) } }),
  };
}

function base(said: Json): BackupBase {
  const { file, sha256 } = said;
  return {
    file: plainName(file),
    sha256: text(sha256),
    snapshot: text(said.snapshot),
    links: count(said.links),
    linkBytes: count(said.linkBytes),
    fullBytes: count(said.fullBytes),
  };
}

function exclusion({ patterns, entries, files, bytes, first }: Json): Exclusion {
  return {
    patterns: list(patterns).map(text),
    entries: count(entries),
    files: count(files),
    bytes: count(bytes),
    ...(first !== undefined && { first: text(first) }),
  };
}

/** It is looked for at the destination, and nowhere else. */
function plainName(said: unknown): string {
  const name = text(said);
  if (name === '' || name.startsWith('.') || /[/\\\0]/.test(name)) throw unexpected(said);
  return name;
}

function volume(said: Json): VolumeSpec {
  const { name, createdAt, driver, labels, options } = said;
  return {
    name: text(name),
    createdAt: text(createdAt),
    driver: text(driver),
    labels: texts(labels),
    options: texts(options),
  };
}

function user(said: unknown): SnapshotUser {
  const { name, image, imageId } = record(said);
  return { name: text(name), image: text(image), ...(imageId !== undefined && { imageId: text(imageId) }) };
}

const databaseKinds: readonly Database['kind'][] = ['postgresql', 'mysql', 'mariadb', 'mongodb', 'redis'];

function database(said: unknown): Database {
  const { kind, version } = record(said);
  return { kind: oneOf(databaseKinds, kind), ...(version !== undefined && { version: text(version) }) };
}

const lossKinds: readonly Loss['kind'][] = [
  'socket',
  'xattr',
  'overlay',
  'other-file-system',
  'vanished',
  'torn',
  'excluded',
];

function loss(said: unknown): Loss {
  const { kind, count: times, path } = record(said);
  return { kind: oneOf(lossKinds, kind), count: count(times), path: text(path) };
}

const consistencies: readonly Consistency[] = ['live', 'paused', 'application', 'stopped'];

function consistency(said: unknown): Consistency {
  return oneOf(consistencies, said);
}

function time(said: unknown): string {
  const words = text(said);
  if (!/^\d{4}-\d\d-\d\dT[\d:.]+Z$/.test(words) || Number.isNaN(Date.parse(words))) throw unexpected(said);
  return words;
}

function oneOf<T>(known: readonly T[], said: unknown): T {
  const found = known.find((each) => each === said);
  if (found === undefined) throw unexpected(said);
  return found;
}

function record(said: unknown): Json {
  if (typeof said !== 'object' || said === null || Array.isArray(said)) throw unexpected(said);
  return said as Json;
}

function list(said: unknown): unknown[] {
  if (!Array.isArray(said)) throw unexpected(said);
  return said;
}

function texts(said: unknown): Record<string, string> {
  return Object.fromEntries(Object.entries(record(said)).map(([key, value]) => [key, text(value)]));
}

function text(said: unknown): string {
  if (typeof said !== 'string') throw unexpected(said);
  return said;
}

function number(said: unknown): number {
  if (typeof said !== 'number' || !Number.isFinite(said) || said < 0) throw unexpected(said);
  return said;
}

function count(said: unknown): number {
  if (!Number.isSafeInteger(said)) throw unexpected(said);
  return number(said);
}

function unexpected(said: unknown): Error {
  return new Error(`not what a backup says of itself: ${JSON.stringify(said)?.slice(0, 80) ?? 'nothing'}`);
}
