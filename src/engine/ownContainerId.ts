import * as os from 'node:os';
import type { Surroundings } from './connection/surroundings';
import { findContainer } from './containers';
import type { Wire } from './wire';

/** Full id of the container we run in, if this engine runs it: a dev container must not pause itself. */
export async function findOwnContainerId(
  wire: Wire,
  { platform, readFile }: Surroundings,
  hostname = os.hostname(),
): Promise<string | undefined> {
  if (platform !== 'linux') return undefined;
  const [mounts = '', groups = ''] = await Promise.all([
    readFile('/proc/self/mountinfo'),
    readFile('/proc/self/cgroup'),
  ]);
  for (const candidate of containerIds(mounts, groups, hostname)) {
    const container = await findContainer(wire, candidate).catch(() => undefined);
    if (container?.id.startsWith(candidate)) return container.id;
  }
  return undefined;
}

/** What may be our id: the folders of the mounts that engines put over /etc/hostname and the like, control groups, host name. */
export function containerIds(mountinfo: string, cgroup: string, hostname: string): string[] {
  const mounted = mountinfo
    .split('\n')
    .filter((line) => /\s\/etc\/(hostname|hosts|resolv\.conf)\s|\/run\/\.containerenv\s/.test(line));
  const ids = `${mounted.join('\n')}\n${cgroup}`.match(/\b[0-9a-f]{64}\b/g) ?? [];
  return [...new Set([...ids, ...(/^[0-9a-f]{12}$/.test(hostname) ? [hostname] : [])])];
}
