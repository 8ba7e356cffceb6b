import type { Candidate, EngineStrategy } from './strategy';
import type { Surroundings } from './surroundings';

/** The sockets at which the known engines listen when nobody says otherwise. */
export const wellKnownStrategy: EngineStrategy = {
  name: 'well-known sockets',
  kind: 'guess',
  candidates: (surroundings) => Promise.resolve(wellKnownSockets(surroundings)),
};

export function wellKnownSockets({ platform, env, home, uid }: Surroundings): Candidate[] {
  const socket = (label: string, path: string): Candidate => ({ label, endpoint: { kind: 'socket', path } });
  if (platform === 'win32') {
    return [
      socket('Docker', '//./pipe/docker_engine'),
      socket('Docker Desktop', '//./pipe/dockerDesktopLinuxEngine'),
      socket('Podman', '//./pipe/podman-machine-default'),
    ];
  }
  const runtime =
    env['XDG_RUNTIME_DIR'] || (platform === 'linux' && uid !== undefined ? `/run/user/${uid}` : undefined);
  const colima = env['COLIMA_HOME'] || `${home}/.colima`;
  return [
    socket('Docker', '/var/run/docker.sock'),
    socket('Docker Desktop', `${home}/.docker/run/docker.sock`),
    socket('Docker Desktop', `${home}/.docker/desktop/docker.sock`),
    ...(runtime ? [socket('Docker (rootless)', `${runtime}/docker.sock`)] : []),
    socket('Colima', `${colima}/default/docker.sock`),
    socket('Colima', `${colima}/docker.sock`),
    socket('OrbStack', `${home}/.orbstack/run/docker.sock`),
    socket('Rancher Desktop', `${home}/.rd/docker.sock`),
    ...(runtime ? [socket('Podman (rootless)', `${runtime}/podman/podman.sock`)] : []),
    socket('Podman', '/run/podman/podman.sock'),
    socket('Podman', `${home}/.local/share/containers/podman/machine/podman.sock`),
    socket('Podman', `${home}/.local/share/containers/podman/machine/qemu/podman.sock`),
  ];
}
