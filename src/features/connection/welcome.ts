import { Failure } from '../../core/failure';
import { ManagedContextKey } from '../../ui/managedContextKey';
import type { ConnectionState } from './engineConnection';

/** Value of the context key `dockerVolumes.connection`; each has a welcome text with one action in package.json. */
export type Welcome =
  | 'connecting'
  | 'connected'
  | 'engineNotFound'
  | 'permissionGroup'
  | 'permissionLogin'
  | 'permissionRootless'
  | 'engineNotAnswering'
  | 'engineWindowsContainers'
  | 'engineError';

export function welcomeOf(state: ConnectionState): Welcome {
  if (state.kind !== 'failed') return state.kind;
  if (!(state.error instanceof Failure)) return 'engineError';
  switch (state.error.code) {
    case 'engineNotFound':
    case 'engineNotAnswering':
    case 'engineWindowsContainers':
      return state.error.code;
    case 'engineLost':
      return 'engineNotAnswering';
    case 'enginePermissionDenied':
      return permissionAdvice(state.error);
    default:
      return 'engineError';
  }
}

/** `advice` is given by src/engine/connection/permissionAdvice.ts. */
function permissionAdvice({ details }: Failure): Welcome {
  if (details['advice'] === 'login') return 'permissionLogin';
  return details['advice'] === 'rootless' ? 'permissionRootless' : 'permissionGroup';
}

export function createWelcomeKey(): ManagedContextKey<Welcome> {
  return new ManagedContextKey<Welcome>('dockerVolumes.connection');
}
