import { Failure } from '../../core/failure';

/** Where an engine listens. May hold key material and never goes into an argument list, environment or log. */
export type Endpoint =
  | { kind: 'socket'; path: string }
  | { kind: 'tcp'; host: string; port: number; tls?: Tls }
  | { kind: 'ssh'; host: string; user?: string; port?: number; path?: string };

export interface Tls {
  ca?: string;
  cert?: string;
  key?: string;
  /** The context says not to check the server's certificate. */
  insecure?: boolean;
}

/**
 * Reads an address as the Docker CLI takes it: unix:///…, npipe:////./pipe/…, tcp://host:2375, https://…, ssh://user@host,
 * host:port, or a plain path.
 */
export function parseEndpoint(address: string, tls?: Tls): Endpoint {
  const text = address.trim();
  if (/^(\/|~\/|\\\\\.\\pipe\\|\/\/\.\/pipe\/)/.test(text)) return { kind: 'socket', path: pipePath(text) };
  const scheme = /^([a-z]+):\/\//i.exec(text)?.[1]?.toLowerCase() ?? 'tcp';
  if (scheme === 'unix' || scheme === 'npipe') {
    return { kind: 'socket', path: pipePath(text.slice(scheme.length + 3)) || '/var/run/docker.sock' };
  }
  const full = text.includes('://') ? text : `tcp://${text}`;
  const url = URL.canParse(full) ? new URL(full) : undefined;
  if (!url?.hostname) throw new Failure('engineNotFound', { endpoint: withoutCredentials(text), reason: 'malformed' });
  const host = decodeURIComponent(url.hostname).replace(/^\[(.*)\]$/, '$1');
  if (scheme === 'ssh') return sshEndpoint(url, host);
  if (scheme !== 'tcp' && scheme !== 'http' && scheme !== 'https') {
    throw new Failure('engineNotFound', { endpoint: withoutCredentials(text), reason: 'malformed' });
  }
  const secured = tls ?? (scheme === 'https' || url.port === '2376' ? {} : undefined);
  const port = Number(url.port) || (secured ? 2376 : 2375);
  return { kind: 'tcp', host, port, ...(secured && { tls: secured }) };
}

function sshEndpoint(url: URL, host: string): Endpoint {
  return {
    kind: 'ssh',
    host,
    ...(url.username && { user: decodeURIComponent(url.username) }),
    ...(url.port && { port: Number(url.port) }),
    ...(url.pathname.length > 1 && { path: url.pathname }),
  };
}

/** `npipe:////./pipe/docker_engine` and `\\.\pipe\docker_engine` name the same pipe. */
function pipePath(path: string): string {
  return path.startsWith('\\\\.\\') ? path.replaceAll('\\', '/') : path;
}

/** For people and logs: without user names, passwords and keys. */
export function describeEndpoint(endpoint: Endpoint): string {
  if (endpoint.kind === 'socket')
    return /^\/\/\.\//.test(endpoint.path) ? `npipe://${endpoint.path}` : `unix://${endpoint.path}`;
  const host = endpoint.host.includes(':') ? `[${endpoint.host}]` : endpoint.host;
  if (endpoint.kind === 'ssh') return `ssh://${host}${endpoint.port ? `:${endpoint.port}` : ''}`;
  return `${endpoint.tls ? 'https' : 'tcp'}://${host}:${endpoint.port}`;
}

/** Cuts `user:password@` out of every address in a text. */
export function withoutCredentials(text: string): string {
  return text.replace(/\/\/[^/\s@]*@/g, '//');
}
