import assert from 'node:assert/strict';
import type { Container, ContainerMount, Volume } from '../../src/core/engine';
import { isWriting, uses } from '../../src/core/operations/users';
import { container } from './containers';

const volume: Volume = {
  name: 'db',
  createdAt: '2026-01-01T00:00:00Z',
  driver: 'local',
  labels: {},
  options: {},
  mountpoint: '/var/lib/docker/volumes/db/_data',
  scope: 'local',
};

describe('who uses a volume', () => {
  const mount = (over: Partial<ContainerMount>): Container =>
    container('c', { mounts: [{ type: 'bind', source: '', destination: '/d', readOnly: false, ...over }] });
  const cases: [string, Container, boolean][] = [
    ['mounts it', mount({ type: 'volume', name: 'db' }), true],
    [
      'mounts a folder of it (volume-subpath)',
      mount({ type: 'volume', name: 'db', source: `${volume.mountpoint}/a` }),
      true,
    ],
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

  it('a container that mounts it read-only: yes, but it is not frozen for a snapshot', () => {
    const reader = mount({ type: 'volume', name: 'db', readOnly: true });
    assert.deepEqual([uses(reader, volume), isWriting(reader, volume)], [true, false]);
    assert.ok(isWriting(mount({ type: 'volume', name: 'db' }), volume));
  });

  it('a container that mounts another volume with the same files: yes', () => {
    assert.ok(uses(mount({ type: 'volume', name: 'db2' }), { ...volume, aliases: ['db2'] }));
  });

  it('a container that binds the folder behind a bind volume: yes', () => {
    const bind = { ...volume, options: { type: 'none', o: 'bind', device: '/srv/data' } };
    assert.ok(uses(mount({ source: '/srv/data' }), bind));
    assert.ok(!uses(mount({ source: '/srv' + '/other' }), bind));
  });
});
