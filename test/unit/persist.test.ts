import assert from 'node:assert/strict';
import type { ContainerChange } from '../../src/core/engine';
import { changedFolders, changesOutside } from '../../src/core/persist/changedFolders';
import { databaseFolders } from '../../src/core/persist/databaseFolders';
import { normalPath, sourceOf } from '../../src/core/persist/persistPath';
import { nameOfReplaced, replacedName } from '../../src/core/persist/replacedNames';
import { pathFrom } from '../../src/engine/containerFolder';
import { container } from './containers';

const changes = (lines: string): ContainerChange[] =>
  lines
    .trim()
    .split('\n')
    .map((line) => {
      const [kind = '', path = ''] = line.trim().split(' ');
      return { path, kind: ({ A: 'added', C: 'modified', D: 'deleted' } as const)[kind]! };
    });

describe('what has changed in a container', () => {
  const found = changes(`
    C /var
    C /var/lib
    A /var/lib/app
    A /var/lib/app/a
    A /var/lib/app/deep
    A /var/lib/app/deep/b
    C /var/cache
    A /var/cache/one
    C /etc
    C /etc/hosts
    C /etc/app.conf
    D /etc/gone
    C /usr
    C /usr/sbin
    A /usr/sbin/docker-init
    C /tmp
    A /tmp/scratch
    C /run
    A /run/app.pid
    C /root
    A /root/.history`);

  it('is told by the folders that the image does not have, and else by those of the image, without what passes', () => {
    assert.deepEqual(changedFolders(found), [
      { path: '/var/lib/app', changes: 4 },
      { path: '/etc', changes: 1 },
      { path: '/root', changes: 1 },
      { path: '/var/cache', changes: 1 },
    ]);
    assert.deepEqual(changedFolders(changes('C /')), [{ path: '/', changes: 1 }]);
  });

  it('and is not in a folder, stays behind when that is persisted', () => {
    assert.deepEqual(
      changesOutside(found, '/var/lib/app/deep').map(({ path }) => path),
      ['/var/lib/app', '/etc', '/root', '/var/cache'],
    );
    assert.deepEqual(changesOutside(changes('C /srv\nA /srv/data\nA /srv/data/x\nA /srv/database'), '/srv/data'), [
      { path: '/srv', changes: 1 },
    ]);
  });
});

describe('a folder that is to get a volume', () => {
  const cases: [string, string | undefined][] = [
    ['/var/lib/app/', '/var/lib/app'],
    ['//var/./lib//app', '/var/lib/app'],
    ['/', undefined],
    ['data', undefined],
    ['/var/../etc', undefined],
    ['/proc/1', undefined],
    ['/dev', undefined],
    ['/device', '/device'],
    ['/a\0b', undefined],
  ];
  for (const [typed, path] of cases) {
    it(`${JSON.stringify(typed)} is ${path ?? 'none'}`, () => assert.equal(normalPath(typed), path));
  }

  const anonymous = 'a'.repeat(64);
  const mount = (destination: string, name?: string) => ({
    type: name ? 'volume' : 'bind',
    ...(name && { name }),
    source: '/x',
    destination,
    readOnly: false,
  });
  const one = container('db', {
    mounts: [mount('/anonymous/', anonymous), mount('/named', 'data'), mount('/deep/bound/here')],
    tmpfs: ['/memory'],
  });

  it('is in the container, on a volume that nobody has named, or a mount of a folder', () => {
    assert.deepEqual(sourceOf(one, '/anonymous'), { from: 'volume', volume: anonymous });
    assert.deepEqual(sourceOf(one, '/deep/bound/here'), { from: 'bind', folder: '/x' });
    assert.deepEqual(sourceOf(one, '/srv'), { from: 'layer' });
    assert.deepEqual(sourceOf(one, '/named-other'), { from: 'layer' });
  });

  for (const path of ['/named', '/named/below', '/anonymous/below', '/deep', '/deep/bound', '/memory', '/memory/x']) {
    it(`${path} is none: it is on a mount, or has one within`, () => {
      assert.throws(() => sourceOf(one, path), { code: 'containerPathMounted' });
    });
  }

  it('is where the database of the container has its data', () => {
    assert.equal(databaseFolders(container('db', { image: 'postgres:16' }))[0], '/var/lib/postgresql/data');
    assert.deepEqual(databaseFolders(container('web', { image: 'nginx' })), []);
  });

  it('is described by the engine', () => {
    const encoded = (mode: number, linkTarget = '') =>
      Buffer.from(JSON.stringify({ name: 'x', mode, linkTarget })).toString('base64');
    assert.deepEqual(pathFrom(encoded(0x80000000 + 0o755)), { type: 'folder' });
    assert.deepEqual(pathFrom(encoded(0x08000000 + 0o777, '/var/lib')), { type: 'symlink', target: '/var/lib' });
    assert.deepEqual(pathFrom(encoded(0o644)), { type: 'other' });
  });
});

describe('a container that was replaced', () => {
  it('has a name that tells, whatever names there are', () => {
    const taken = ['db', 'db.before-persist'];
    assert.equal(nameOfReplaced('db', 'before', []), 'db.before-persist');
    assert.equal(nameOfReplaced('db', 'before', taken), 'db.before-persist-2');
    for (const name of ['db.before-persist', 'db.before-persist-2', 'db.after-persist']) {
      assert.equal(replacedName(name), 'db');
    }
    assert.equal(replacedName('db'), undefined);
    assert.equal(replacedName('.before-persist'), undefined);
  });
});
