import * as fs from 'node:fs';
import { majorOf, type Database, type DatabaseKind } from '../core/database';
import type { Entry } from '../core/entry';

/** How much of a file is read: its version stands in the beginning. */
const headBytes = 512;

interface Files {
  has(path: string): boolean;
  /** The beginning of a file, as latin1. */
  head(path: string): string;
}

/** What a file says of the database whose data it lies beside; `folder` ends with a slash unless it is the root. */
type Sign = (path: string, folder: string, files: Files) => Database | undefined;

/** By the file's name. */
const signs: ReadonlyMap<string, Sign> = new Map<string, Sign>([
  // Every database within a cluster has one, too.
  [
    'PG_VERSION',
    (path, folder, files) => (files.has(`${folder}global/pg_control`) ? postgresql(path, files) : undefined),
  ],
  ['mariadb_upgrade_info', upgraded],
  ['mysql_upgrade_info', upgraded],
  ['mysql.ibd', (_, folder, files) => (files.has(`${folder}ibdata1`) ? { kind: 'mysql' } : undefined)],
  ['aria_log_control', (_, folder, files) => (files.has(`${folder}ibdata1`) ? { kind: 'mariadb' } : undefined)],
  // What it says is the version of the storage engine.
  ['WiredTiger.wt', (_, folder, files) => (files.has(`${folder}storage.bson`) ? { kind: 'mongodb' } : undefined)],
  ['dump.rdb', redis],
  ['appendonly.aof.1.base.rdb', redis],
  ['appendonly.aof', redis],
]);

/**
 * The databases whose data a snapshot holds, by their own files, so that it does not matter whether they run. Of each
 * kind those that lie highest: deeper ones are somebody's copies.
 */
export function findDatabases(entries: readonly Entry[], objects: string): Database[] {
  const candidates = entries.filter(({ type, path }) => type === 'file' && signs.has(nameOf(path)));
  if (candidates.length === 0) return [];
  const files = filesOf(entries, objects);
  const found = candidates.flatMap(({ path }) => {
    const name = nameOf(path);
    const database = signs.get(name)?.(path, path.slice(0, path.length - name.length), files);
    return database ? [{ database, depth: path.split('/').length }] : [];
  });
  const highest = new Map<string, number>();
  for (const { database, depth } of found) {
    highest.set(database.kind, Math.min(depth, highest.get(database.kind) ?? depth));
  }
  return distinct(
    found.filter(({ database, depth }) => depth === highest.get(database.kind)).map((each) => each.database),
  );
}

/** One for each kind and major version; one without a version only where there is none with it. */
function distinct(databases: readonly Database[]): Database[] {
  const byMajor = new Map(databases.map((database) => [`${database.kind} ${majorOf(database) ?? ''}`, database]));
  const all = [...byMajor.values()];
  return all.filter(
    ({ kind, version }) => version !== undefined || !all.some((one) => one.kind === kind && one.version),
  );
}

function filesOf(entries: readonly Entry[], objects: string): Files {
  const byPath = new Map(entries.map((entry) => [entry.path, entry]));
  return {
    has: (path) => byPath.has(path),
    head: (path) => {
      const object = byPath.get(path)?.object;
      return object === undefined ? '' : readHead(`${objects}/${object}`);
    },
  };
}

/** Empty when it cannot be read: a snapshot is whole without knowing what is in it. */
function readHead(file: string): string {
  try {
    using handle = open(file);
    const buffer = Buffer.alloc(headBytes);
    return buffer.toString('latin1', 0, fs.readSync(handle.descriptor, buffer, 0, headBytes, 0));
  } catch {
    return '';
  }
}

function open(file: string): Disposable & { descriptor: number } {
  const descriptor = fs.openSync(file, 'r');
  return { descriptor, [Symbol.dispose]: () => fs.closeSync(descriptor) };
}

function postgresql(path: string, files: Files): Database {
  return versioned('postgresql', files.head(path));
}

/** As MariaDB and MySQL write it on their first start, and when they have upgraded: `10.11.18-MariaDB`. */
function upgraded(path: string, folder: string, files: Files): Database | undefined {
  if (!files.has(`${folder}ibdata1`)) return undefined;
  const text = files.head(path);
  return versioned(/mariadb/i.test(text) ? 'mariadb' : 'mysql', text);
}

/** A file of Redis says by whom it was written, after its magic word: a length of one byte, then the version. */
function redis(path: string, _: string, files: Files): Database | undefined {
  const head = files.head(path);
  if (!/^(REDIS|VALKEY)\d+/.test(head)) return undefined;
  const [, length = '\0', rest = ''] = /(?:redis|valkey)-ver([^])([\d.]*)/.exec(head) ?? [];
  return versioned('redis', rest.slice(0, length.charCodeAt(0)));
}

function versioned(kind: DatabaseKind, text: string): Database {
  const version = /^\d[\w.+~-]*/.exec(text.trim())?.[0];
  return { kind, ...(version !== undefined && { version }) };
}

function nameOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}
