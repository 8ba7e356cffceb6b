/** The databases whose files, images and processes we recognise. `redis` is Valkey, too. */
export type DatabaseKind = 'postgresql' | 'mysql' | 'mariadb' | 'mongodb' | 'redis';

export interface Database {
  kind: DatabaseKind;
  /** As the database writes it, such as `15` or `10.11.18-MariaDB`; absent when nothing tells it. */
  version?: string;
}

/** Proper names, the same in every language. */
export const databaseNames: Record<DatabaseKind, string> = {
  postgresql: 'PostgreSQL',
  mysql: 'MySQL',
  mariadb: 'MariaDB',
  mongodb: 'MongoDB',
  redis: 'Redis',
};

/** Where official images say what they hold: https://hub.docker.com/_/postgres, mariadb, mysql, mongo, redis, valkey/valkey. */
export const versionVariables: Record<DatabaseKind, readonly string[]> = {
  postgresql: ['PG_MAJOR'],
  mariadb: ['MARIADB_VERSION'],
  mysql: ['MYSQL_VERSION'],
  mongodb: ['MONGO_VERSION'],
  redis: ['REDIS_VERSION', 'VALKEY_VERSION'],
};

/** `PostgreSQL 15`, or only the name. */
export function nameOf({ kind, version }: Database): string {
  return version === undefined ? databaseNames[kind] : `${databaseNames[kind]} ${version}`;
}

/**
 * What has to be the same for data to be read without a migration: the series for MySQL (8.0, 8.4), MariaDB (10.11, 11.4)
 * and PostgreSQL before 10 (9.6), else the first number. Undefined when the version is not known.
 */
export function majorOf({ kind, version = '' }: Database): string | undefined {
  const [, first, second] = /^(\d+)(?:\.(\d+))?/.exec(version) ?? [];
  if (first === undefined) return undefined;
  const inSeries = kind === 'mysql' || kind === 'mariadb' || (kind === 'postgresql' && Number(first) < 10);
  return inSeries && second !== undefined ? `${first}.${second}` : first;
}

/** What was found in files, with the versions that images declare where the files do not tell them. */
export function withVersions(found: readonly Database[], declared: readonly Database[]): Database[] {
  return found.map((one) => (one.version === undefined && declared.find(({ kind }) => kind === one.kind)) || one);
}
