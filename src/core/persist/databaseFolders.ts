import { databaseOf } from '../consistency/databaseOf';
import type { DatabaseKind } from '../database';
import type { ContainerDetails } from '../engine';

/** Where official images, and packages of distributions, keep the data. */
const folders: Record<DatabaseKind, readonly string[]> = {
  postgresql: ['/var/lib/postgresql/data', '/var/lib/postgresql'],
  mysql: ['/var/lib/mysql'],
  mariadb: ['/var/lib/mysql'],
  mongodb: ['/data/db'],
  redis: ['/data', '/var/lib/redis'],
};

/** The folders in which the database that a container is made for may have its data, the likeliest first. */
export function databaseFolders(container: ContainerDetails): readonly string[] {
  const kind = databaseOf(container);
  return kind ? folders[kind] : [];
}
