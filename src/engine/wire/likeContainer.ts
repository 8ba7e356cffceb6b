import type { LikeContainer } from '../../core/engine';
import { asList, asRecord, asText } from './read';

/** How a container is made that is like another one: what it is created with, and which networks it joins or leaves then. */
export interface Likeness {
  create: Record<string, unknown>;
  join: { network: string; endpoint: Record<string, unknown> }[];
  leave: string[];
}

interface Besides extends LikeContainer {
  /** The image's reference, where that still is the same image; else its id. */
  image: string;
  restartPolicy?: unknown;
  /** Mounts that come of the containers of `VolumesFrom`, by their place; and the ones of these that are there. */
  from: { present: readonly string[]; mounts: ReadonlySet<string> };
}

/**
 * Of a container as GET /containers/{id}/json writes it, which is what it was made of, merged with its image: the same settings
 * make the same container again. Otherwise than there: its name, the mount, what belongs to one container only (its host name when
 * that is its id, its addresses but for fixed ones), and anonymous volumes, which are named so that it has the same ones.
 */
export function likenessOf(inspected: unknown, { name, mount, image, restartPolicy, from }: Besides): Likeness {
  const container = asRecord(inspected);
  const id = asText(container['Id']);
  const config = { ...asRecord(container['Config']) };
  const host = { ...asRecord(container['HostConfig']) };
  const mode = asText(host['NetworkMode']);
  if (asText(config['Hostname']) === id.slice(0, 12) || mode.startsWith('container:')) delete config['Hostname'];
  const binds = asList(host['Binds']).map(asText);
  const mounts = asList(host['Mounts']).map(asRecord);
  const { path, volume } = mount;
  const keptBinds = binds.filter((bind) => destinationOf(bind) !== path);
  const keptMounts = mounts.filter((each) => asText(each['Target']) !== path);
  const named = new Set([...binds.map(destinationOf), ...from.mounts, path]);
  const sources = new Map(
    asList(container['Mounts']).map((each) => [asText(asRecord(each)['Destination']), asRecord(each)]),
  );
  const withSources = keptMounts.map((each) => {
    named.add(asText(each['Target']));
    // One that nobody has named was made for that container.
    const isNameless = each['Type'] === 'volume' && !asText(each['Source']);
    return isNameless ? { ...each, Source: asText(sources.get(asText(each['Target']))?.['Name']) } : each;
  });
  const others = [...sources.values()].filter((each) => !named.has(asText(each['Destination']))).flatMap(mountLike);
  const VolumesFrom = asList(host['VolumesFrom'])
    .map(asText)
    .filter((each) => from.present.includes(each));
  const networks = networksOf(container, id);
  return {
    create: {
      ...config,
      name,
      Image: image,
      HostConfig: {
        ...host,
        Binds: host['Binds'] ? keptBinds : host['Binds'],
        Mounts: [
          ...withSources,
          ...others,
          volumeMount({ volume, path, readOnly: sources.get(path)?.['RW'] === false }),
        ],
        VolumesFrom: host['VolumesFrom'] ? VolumesFrom : host['VolumesFrom'],
        Links: host['Links'] ? asList(host['Links']).map((link) => asLink(asText(link))) : host['Links'],
        ...(restartPolicy !== undefined && { RestartPolicy: restartPolicy }),
      },
      ...(networks.first && { NetworkingConfig: { EndpointsConfig: networks.first } }),
    },
    join: networks.others,
    leave: networks.leave,
  };
}

function volumeMount({ volume, path, readOnly = false }: LikeContainer['mount'] & { readOnly?: boolean }) {
  // Else an engine would fill an empty volume with what the image has there.
  return { Type: 'volume', Source: volume, Target: path, ReadOnly: readOnly, VolumeOptions: { NoCopy: true } };
}

/** Of a mount that no setting names: an anonymous volume, or what a container had that is gone. */
function mountLike(mount: Record<string, unknown>): Record<string, unknown>[] {
  const [path, readOnly] = [asText(mount['Destination']), mount['RW'] === false];
  if (mount['Type'] === 'volume') return [volumeMount({ volume: asText(mount['Name']), path, readOnly })];
  if (mount['Type'] === 'bind')
    return [{ Type: 'bind', Source: asText(mount['Source']), Target: path, ReadOnly: readOnly }];
  return [];
}

/** `/db:/web/database` as engines tell it → `db:database`. */
function asLink(link: string): string {
  const [other = '', alias = ''] = link.split(':');
  return `${other.replace(/^\//, '')}:${alias.slice(alias.lastIndexOf('/') + 1)}`;
}

/** `source:destination[:options]`; on Linux no part has a colon. */
function destinationOf(bind: string): string {
  return bind.split(':')[1] ?? '';
}

/**
 * Older engines take one network at the creation, the one of the network mode; a container that has left it since leaves it again.
 * What an endpoint was given is kept, and what the engine has made up for it is not.
 */
function networksOf(container: Record<string, unknown>, id: string) {
  const mode = asText(asRecord(container['HostConfig'])['NetworkMode']);
  const joined = Object.entries(asRecord(asRecord(container['NetworkSettings'])['Networks'])).map(
    ([network, endpoint]) => ({ network, endpoint: asRecord(endpoint) }),
  );
  if (mode === 'none' || mode === 'host' || mode.startsWith('container:')) return { others: [], leave: [] };
  const isDefault = mode === 'default' || mode === 'bridge' || mode === '';
  const isFirst = ({ network, endpoint }: (typeof joined)[number]) =>
    isDefault ? network === 'bridge' : network === mode || asText(endpoint['NetworkID']) === mode;
  const first = joined.find(isFirst);
  const others = joined
    .filter((each) => each !== first)
    .map(({ network, endpoint }) => ({ network, endpoint: settingsOf(endpoint, id) }));
  return {
    ...(first && !isDefault && { first: { [mode]: settingsOf(first.endpoint, id) } }),
    others,
    leave: first || joined.length === 0 ? [] : [isDefault ? 'bridge' : mode],
  };
}

function settingsOf(endpoint: Record<string, unknown>, id: string): Record<string, unknown> {
  const aliases = asList(endpoint['Aliases'])
    .map(asText)
    // Engines give each container its own id as one.
    .filter((alias) => alias !== id.slice(0, 12));
  return {
    ...(endpoint['IPAMConfig'] ? { IPAMConfig: endpoint['IPAMConfig'] } : {}),
    ...(endpoint['Links'] ? { Links: endpoint['Links'] } : {}),
    ...(endpoint['DriverOpts'] ? { DriverOpts: endpoint['DriverOpts'] } : {}),
    ...(aliases.length > 0 && { Aliases: aliases }),
  };
}
