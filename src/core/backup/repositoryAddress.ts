/** Where a repository of images is. */
export interface RepositoryAddress {
  /** Of the server: `https://registry.example.com`. */
  origin: string;
  /** `team/backups` */
  path: string;
  /** What Docker's tools keep its credentials under. */
  host: string;
}

/** What people and tools call Docker Hub, the registry of names without a host. */
const hub = { names: ['docker.io', 'index.docker.io', 'registry-1.docker.io'], origin: 'https://registry-1.docker.io' };
export const hubHost = 'docker.io';

const component = '[a-z0-9]+(?:(?:\\.|_|__|-+)[a-z0-9]+)*';
const repositoryPath = new RegExp(`^${component}(?:/${component})*$`);
const loopback = /^(localhost|127(\.\d+){3}|\[::1\])(:\d+)?$/;

/**
 * `registry.example.com/team/backups`, as for `docker push`; without a host at Docker Hub. Plain HTTP is spoken with this machine,
 * as Docker does, and where `http://` says so. Undefined for anything else, also where it names a tag, or a user and password.
 */
export function readRepository(text: string): RepositoryAddress | undefined {
  const [, scheme, rest = ''] = /^(https?):\/\/(.*)$/s.exec(text) ?? [undefined, undefined, text];
  const slash = rest.indexOf('/');
  const first = rest.slice(0, Math.max(0, slash));
  const isHost = scheme !== undefined || /[.:]/.test(first) || first === 'localhost';
  const host = isHost ? first : hubHost;
  const path = isHost ? rest.slice(slash + 1) : rest;
  if (!repositoryPath.test(path)) return undefined;
  // One that is of no user is for Docker's own images.
  if (hub.names.includes(host)) return path.includes('/') ? { origin: hub.origin, path, host: hubHost } : undefined;
  const origin = `${scheme ?? (loopback.test(host) ? 'http' : 'https')}://${host}`;
  if (!/^[A-Za-z0-9.:[\]-]+$/.test(host) || !URL.canParse(origin)) return undefined;
  return { origin, path, host };
}
