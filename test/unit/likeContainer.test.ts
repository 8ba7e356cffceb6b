import assert from 'node:assert/strict';
import { likenessOf } from '../../src/engine/wire/likeContainer';

const id = '0123456789abcdef'.repeat(4);
const anonymous = 'f'.repeat(64);

const inspected = (over: { Config?: object; HostConfig?: object; Mounts?: object[]; Networks?: object } = {}) => ({
  Id: id,
  Image: 'sha256:image',
  Config: { Hostname: id.slice(0, 12), Env: ['A=b'], Labels: { team: 'blue' }, Image: 'app:1', ...over.Config },
  HostConfig: { NetworkMode: 'default', Binds: null, Links: null, VolumesFrom: null, ...over.HostConfig },
  Mounts: over.Mounts ?? [],
  NetworkSettings: { Networks: over.Networks ?? { bridge: { IPAddress: '172.17.0.2', Aliases: null } } },
});

const like = (
  container: object,
  from: { present: readonly string[]; mounts: readonly string[] } = { present: [], mounts: [] },
) =>
  likenessOf(container, {
    name: 'db',
    mount: { volume: 'data', path: '/data' },
    image: 'app:1',
    restartPolicy: { Name: 'no' },
    from: { present: from.present, mounts: new Set(from.mounts) },
  });
type Host = { Mounts: Record<string, unknown>[] } & Record<string, unknown>;
const hostOf = (create: Record<string, unknown>) => create['HostConfig'] as Host;
const ours = {
  Type: 'volume',
  Source: 'data',
  Target: '/data',
  ReadOnly: false,
  VolumeOptions: { NoCopy: true },
};

describe('a container that is made like another one', () => {
  it('has its settings, but for the host name that is its id', () => {
    const { create, join, leave } = like(inspected());
    assert.deepEqual(create, {
      name: 'db',
      Image: 'app:1',
      Env: ['A=b'],
      Labels: { team: 'blue' },
      HostConfig: {
        NetworkMode: 'default',
        Binds: null,
        Links: null,
        VolumesFrom: null,
        Mounts: [ours],
        RestartPolicy: { Name: 'no' },
      },
    });
    assert.deepEqual([join, leave], [[], []]);
    assert.equal(like(inspected({ Config: { Hostname: 'web' } })).create['Hostname'], 'web');
  });

  it('has the same anonymous volumes, by their names, and all that is mounted besides', () => {
    const kept = { Type: 'bind', Source: '/conf', Target: '/conf' };
    const nameless = { Type: 'volume', Target: '/nameless' };
    const { create } = like(
      inspected({
        HostConfig: { Binds: ['cache:/cache:ro', 'old:/data'], Mounts: [kept, nameless] },
        Mounts: [
          { Type: 'volume', Name: 'cache', Destination: '/cache', RW: false },
          { Type: 'bind', Source: '/conf', Destination: '/conf', RW: true },
          { Type: 'volume', Name: anonymous, Destination: '/nameless', RW: true },
          { Type: 'volume', Name: `${anonymous}2`, Destination: '/of-the-image', RW: true },
          { Type: 'volume', Name: `${anonymous}3`, Destination: '/data', RW: true },
        ],
      }),
    );
    assert.deepEqual(hostOf(create)['Binds'], ['cache:/cache:ro']);
    assert.deepEqual(hostOf(create).Mounts, [
      kept,
      { ...nameless, Source: anonymous },
      { ...ours, Source: `${anonymous}2`, Target: '/of-the-image' },
      ours,
    ]);
  });

  it('has the mounts of other containers by these, and by themselves where these are gone', () => {
    const container = inspected({
      HostConfig: { VolumesFrom: ['box:ro', 'gone'] },
      Mounts: [
        { Type: 'volume', Name: 'boxed', Destination: '/boxed', RW: false },
        { Type: 'bind', Source: '/there', Destination: '/lost', RW: false },
      ],
    });
    const { create } = like(container, { present: ['box:ro'], mounts: ['/boxed'] });
    assert.deepEqual(hostOf(create)['VolumesFrom'], ['box:ro']);
    assert.deepEqual(hostOf(create).Mounts, [
      { Type: 'bind', Source: '/there', Target: '/lost', ReadOnly: true },
      ours,
    ]);
  });

  it('is in the same networks, under the same names and fixed addresses, and linked as it was', () => {
    const fixed = { IPv4Address: '10.1.0.9' };
    const { create, join, leave } = like(
      inspected({
        HostConfig: { NetworkMode: 'front', Links: ['/cache:/db/redis'] },
        Networks: {
          front: { NetworkID: 'n1', IPAMConfig: fixed, IPAddress: '10.1.0.9', Aliases: ['web', id.slice(0, 12)] },
          back: { NetworkID: 'n2', Aliases: ['api'], MacAddress: '02:42:0a' },
        },
      }),
    );
    assert.deepEqual(create['NetworkingConfig'], {
      EndpointsConfig: { front: { IPAMConfig: fixed, Aliases: ['web'] } },
    });
    assert.deepEqual(join, [{ network: 'back', endpoint: { Aliases: ['api'] } }]);
    assert.deepEqual(leave, []);
    assert.deepEqual(hostOf(create)['Links'], ['cache:redis']);
  });

  it('leaves the network that it has left, and has no settings of one where it has none of its own', () => {
    const left = like(inspected({ Networks: { back: { NetworkID: 'n2' } } }));
    assert.deepEqual([left.join, left.leave], [[{ network: 'back', endpoint: {} }], ['bridge']]);
    const shared = like(inspected({ HostConfig: { NetworkMode: 'container:abc' }, Networks: {} }));
    assert.ok(!('Hostname' in shared.create) && !('NetworkingConfig' in shared.create));
    assert.deepEqual([shared.join, shared.leave], [[], []]);
  });
});
