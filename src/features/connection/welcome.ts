import { type Failure, isFailure } from '../../core/failure';
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
  | 'settingNotAnswering'
  | 'engineWindowsContainers'
  | 'engineError';

export function welcomeOf(state: ConnectionState): Welcome {
  if (state.kind !== 'failed') return state.kind;
  if (!isFailure(state.error)) return 'engineError';
  if (isFailure(state.error, 'enginePermissionDenied')) return permissionAdvice(state.error);
  if (isFailure(state.error, 'engineNotFound', 'engineNotAnswering') && state.error.details.setting) {
    return 'settingNotAnswering';
  }
  switch (state.error.code) {
    case 'engineNotFound':
    case 'engineNotAnswering':
    case 'engineWindowsContainers':
      return state.error.code;
    case 'engineLost':
      return 'engineNotAnswering';
    default:
      return 'engineError';
  }
}

function permissionAdvice({ details }: Failure<'enginePermissionDenied'>): Welcome {
  if (details.advice === 'login') return 'permissionLogin';
  return details.advice === 'rootless' ? 'permissionRootless' : 'permissionGroup';
}

export function createWelcomeKey(): ManagedContextKey<Welcome> {
  return new ManagedContextKey<Welcome>('dockerVolumes.connection');
}
