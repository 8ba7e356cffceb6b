import assert from 'node:assert/strict';
import type { Container, ContainerDetails, ContainerMount, Volume } from '../../src/core/engine';
import { startOrder } from '../../src/core/operations/containerOrder';
import { uses } from '../../src/core/operations/users';

const volume: Volume = {
  name: 'db',
  createdAt: '2026-01-01T00:00:00Z',
  driver: 'local',
  labels: {},
  options: {},
  mountpoint: '/var/lib/docker/volumes/db/_data',
  scope: 'local',
};

const container = (name: string, over: Partial<ContainerDetails> = {}): ContainerDetails => ({
  id: `id-${name}`,
  name,
  image: 'x',
  state: 'running',
  labels: {},
  mounts: [],
  autoRemove: false,
  restartPolicy: { Name: 'no' },
  sharesNamespaceOf: [],
  ...over,
});

describe('who uses a volume', () => {
  const mount = (over: Partial<ContainerMount>): Container =>
    container('c', { mounts: [{ type: 'bind', source: '', destination: '/d', readOnly: false, ...over }] });
  const cases: [string, Container, boolean][] = [
    ['mounts it', mount({ type: 'volume', name: 'db' }), true],
    ['mounts another one', mount({ type: 'volume', name: 'db2' }), false],
    ['binds its folder', mount({ source: volume.mountpoint }), true],
    ['binds a folder within', mount({ source: `${volume.mountpoint}/base` }), true],
    ['binds a folder above', mount({ source: '/var/lib/docker/volumes' }), true],
    ['binds the root', mount({ source: '/' }), true],
    ['binds the root read-only', mount({ source: '/', readOnly: true }), false],
    ['binds a folder of a similar name', mount({ source: `${volume.mountpoint}2` }), false],
  ];
  for (const [what, user, expected] of cases) {
    it(`a container that ${what}: ${expected ? 'yes' : 'no'}`, () => assert.equal(uses(user, volume), expected));
  }

  it('a container that binds the folder behind a bind volume: yes', () => {
    const bind = { ...volume, options: { type: 'none', o: 'bind', device: '/srv/data' } };
    assert.ok(uses(mount({ source: '/srv/data' }), bind));
    assert.ok(!uses(mount({ source: '/srv' + '/other' }), bind));
  });
});

describe('start order', () => {
  const compose = (service: string, dependsOn = '', project = 'shop') =>
    container(service, {
      labels: {
        'com.docker.compose.project': project,
        'com.docker.compose.service': service,
        'com.docker.compose.depends_on': dependsOn,
      },
    });
  const names = (containers: ContainerDetails[]) => startOrder(containers).map(({ name }) => name);

  it('puts a service after those it depends on', () => {
    const shop = [
      compose('web', 'api:service_started:false'),
      compose('api', 'db:service_healthy:true'),
      compose('db'),
    ];
    assert.deepEqual(names(shop), ['db', 'api', 'web']);
  });

  it('does not mix the services of two projects', () => {
    assert.deepEqual(names([compose('web', 'db:service_started:false'), compose('db', '', 'other')]), ['web', 'db']);
  });

  it('puts a container after the one whose namespace it shares', () => {
    const sidecar = container('sidecar', { sharesNamespaceOf: ['id-main'] });
    assert.deepEqual(names([sidecar, container('main')]), ['main', 'sidecar']);
  });

  it('ends on a cycle', () => {
    const a = compose('a', 'b:service_started:false');
    const b = compose('b', 'a:service_started:false');
    assert.equal(names([a, b]).length, 2);
  });
});
