import { versionVariables, type Database, type DatabaseKind } from '../database';
import type { ContainerDetails } from '../engine';

/** Server programs, as they are run. */
const programs: Record<string, DatabaseKind> = {
  postgres: 'postgresql',
  mysqld: 'mysql',
  mariadbd: 'mariadb',
  mongod: 'mongodb',
  'redis-server': 'redis',
  'valkey-server': 'redis',
};

const repositories: readonly [RegExp, DatabaseKind][] = [
  [/^(postgres|postgresql|postgis|pgvector|timescaledb(-ha)?)$/, 'postgresql'],
  [/^mariadb$/, 'mariadb'],
  [/^(mysql|mysql-server|percona|percona-server)$/, 'mysql'],
  [/^(mongo|mongodb|mongodb-community-server)$/, 'mongodb'],
  [/^(redis|redis-stack-server|valkey)$/, 'redis'],
];

/** Variables of official images; MariaDB's also takes those of MySQL, and is looked for first. */
const variables: readonly [RegExp, DatabaseKind][] = [
  [/^(POSTGRES_(USER|PASSWORD|DB|INITDB_ARGS)(_FILE)?|PGDATA|PG_MAJOR)$/, 'postgresql'],
  [/^MARIADB_/, 'mariadb'],
  [/^MYSQL_(ROOT_PASSWORD(_FILE)?|ALLOW_EMPTY_PASSWORD|RANDOM_ROOT_PASSWORD|VERSION|MAJOR)$/, 'mysql'],
  [/^MONGO_(INITDB_.*|VERSION|MAJOR)$/, 'mongodb'],
  [/^(REDIS|VALKEY)_VERSION$/, 'redis'],
];

/** Where official images keep their data. Redis' `/data` is everybody's. */
const folders: readonly [RegExp, DatabaseKind][] = [
  [/^\/var\/lib\/postgresql(\/|$)/, 'postgresql'],
  [/^\/var\/lib\/mysql(\/|$)/, 'mysql'],
  [/^\/data\/db$/, 'mongodb'],
];

/**
 * The database server that a container is. What runs in it decides, where that is known (`running`: names of its
 * programs): a backup job of the same image is none. Else what it was made of, from the strongest sign to the weakest.
 */
export function databaseOf(container: ContainerDetails, running?: readonly string[]): DatabaseKind | undefined {
  if (running) return firstOf(running, (program) => flavour(programs[program], container));
  return (
    first(repositories, [repositoryOf(container.image)]) ??
    firstOf(container.programs, (program) => flavour(programs[program], container)) ??
    first(variables, container.variables) ??
    flavour(
      first(
        folders,
        container.mounts.map(({ destination }) => destination),
      ),
      container,
    )
  );
}

/** What a container's image says that it is; without a version where it says none. */
export function declaredDatabase(container: ContainerDetails): Database | undefined {
  const kind = databaseOf(container);
  if (!kind) return undefined;
  const variable = versionVariables[kind].find((name) => container.versions[name]);
  const text = variable ? container.versions[variable] : isRepositoryOf(kind, container) ? tagOf(container.image) : '';
  // An epoch, as in MariaDB's 1:11.4.2+maria~ubu2404, is the packager's.
  const version = /^(?:\d+:)?(\d+(?:\.\d+)*)/.exec(text ?? '')?.[1];
  return { kind, ...(version !== undefined && { version }) };
}

/** MariaDB's server was called `mysqld` before 10.5, and keeps its data where MySQL does. */
function flavour(kind: DatabaseKind | undefined, container: ContainerDetails): DatabaseKind | undefined {
  if (kind !== 'mysql') return kind;
  const isMariaDb = repositoryOf(container.image) === 'mariadb' || first(variables, container.variables) === 'mariadb';
  return isMariaDb ? 'mariadb' : kind;
}

/** Tags of other repositories number something else. */
function isRepositoryOf(kind: DatabaseKind, { image }: ContainerDetails): boolean {
  return first(repositories, [repositoryOf(image)]) === kind;
}

function first(patterns: readonly [RegExp, DatabaseKind][], texts: readonly string[]): DatabaseKind | undefined {
  return patterns.find(([pattern]) => texts.some((text) => pattern.test(text)))?.[1];
}

function firstOf<T>(items: readonly string[], find: (item: string) => T | undefined): T | undefined {
  return items.map(find).find((found) => found !== undefined);
}

/** `bitnami/postgresql:16@sha256:…` is a postgresql. */
function repositoryOf(image: string): string {
  return withoutDigest(image).replace(/^.*\//, '').replace(/:.*$/, '');
}

function tagOf(image: string): string | undefined {
  return /:([^:/]+)$/.exec(withoutDigest(image))?.[1];
}

function withoutDigest(image: string): string {
  return image.replace(/@.*$/, '');
}
