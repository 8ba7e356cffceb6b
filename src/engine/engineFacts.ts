import { Failure } from '../core/failure';
import { asList, asNumber, asRecord, asText } from './wire/read';
import { timeouts, type Wire } from './wire';

/** What has to be known of an engine before containers are made on it. Does not change while it runs. */
export interface EngineFacts {
  id: string;
  name: string;
  version: string;
  podman: boolean;
  rootless: boolean;
  /** As Node's `process.arch` names it. */
  arch: 'x64' | 'arm64';
  /** Folder of the engine's data, on the engine's machine. */
  rootFolder: string;
  selinux: boolean;
  /** User namespaces are remapped, so that a helper has to ask for the host's to see the owners as they are. */
  remapped: boolean;
}

/** Asks the engine who it is. Rejects with engineWindowsContainers when its containers are of no use to us. */
export async function readEngineFacts(wire: Wire, label: string, signal: AbortSignal): Promise<EngineFacts> {
  await wire.call((docker) => docker.ping(), { signal, timeoutMs: timeouts.ping });
  const [info, version] = await Promise.all([
    wire.call<unknown>((docker) => docker.info(), { signal }),
    wire.call<unknown>((docker) => docker.version(), { signal }),
  ]);
  return factsFrom(asRecord(info), asRecord(version), label);
}

export function factsFrom(info: Record<string, unknown>, version: Record<string, unknown>, label: string): EngineFacts {
  if (asText(info['OSType']) === 'windows' || asText(version['Os']) === 'windows') {
    throw new Failure('engineWindowsContainers', {});
  }
  const components = asList(version['Components']).map((component) => asText(asRecord(component)['Name']));
  const podman = components.some((name) => /podman/i.test(name));
  const security = asList(info['SecurityOptions']).map(asText);
  const has = (name: string) => security.some((option) => option.split(',').includes(`name=${name}`));
  const host = asText(info['Name']);
  const rootFolder = asText(info['DockerRootDir']);
  const kind = podman ? 'Podman' : 'Docker';
  const desktop = /docker desktop/i.test(asText(info['OperatingSystem']));
  return {
    // Podman makes up a new id for every answer, and older Docker engines of one machine, or of copies of it, have the same one.
    id: [podman || !asText(info['ID']) ? kind.toLowerCase() : asText(info['ID']), host, rootFolder].join(':'),
    name: label || (desktop ? 'Docker Desktop' : host ? `${kind} (${host})` : kind),
    version: asText(version['Version']),
    podman,
    rootless: has('rootless') || asNumber(asRecord(asRecord(info['host'])['security'])['rootless']) === 1,
    arch: /arm64|aarch64/.test(`${asText(version['Arch'])} ${asText(info['Architecture'])}`) ? 'arm64' : 'x64',
    rootFolder,
    selinux: has('selinux'),
    remapped: has('userns'),
  };
}
