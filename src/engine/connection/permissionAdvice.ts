import type { FailureDetails } from '../../core/failure';
import type { Endpoint } from './endpoint';
import { describeEndpoint } from './endpoint';
import type { Surroundings } from './surroundings';

/** Why a socket refused us, in a form the message can advise on. */
export async function permissionAdvice(
  endpoint: Endpoint,
  surroundings: Surroundings,
): Promise<FailureDetails<'enginePermissionDenied'>> {
  const details = { endpoint: describeEndpoint(endpoint) };
  if (endpoint.kind !== 'socket' || surroundings.platform !== 'linux') return { ...details, advice: 'other' };
  const gid = await surroundings.groupOf(endpoint.path);
  if (!gid || /^\/run\/user\//.test(endpoint.path)) return { ...details, advice: 'rootless' };
  const line = (await surroundings.readFile('/etc/group'))
    ?.split('\n')
    .find((text) => text.split(':')[2] === String(gid));
  const [group = String(gid), , , members = ''] = line?.split(':') ?? [];
  const member = members.trim().split(',').includes(surroundings.userName);
  return { ...details, group, advice: member && !surroundings.gids.includes(gid) ? 'login' : 'group' };
}
