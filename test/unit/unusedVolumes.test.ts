import assert from 'node:assert/strict';
import type { Container, Volume } from '../../src/core/engine';
import { unusedVolumes } from '../../src/core/unusedVolumes';
import { bindOptions } from '../../src/core/volumeOptions';

function volume(name: string, more: Partial<Volume> = {}): Volume {
  const mountpoint = `/engine/${name}/_data`;
  return { name, createdAt: '', driver: 'local', labels: {}, options: {}, mountpoint, scope: 'local', ...more };
}

function container(mounts: Partial<Container['mounts'][number]>[], state: Container['state'] = 'exited'): Container {
  const whole = mounts.map((mount) => ({ type: 'volume', source: '', destination: '/d', readOnly: false, ...mount }));
  return { id: 'c', name: 'c', image: '', state, labels: {}, mounts: whole };
}

function found(volumes: Volume[], containers: Container[] = [], dangling = volumes.map(({ name }) => name)) {
  const { unused, unknown } = unusedVolumes({ volumes, containers, dangling });
  return [...unused.map(({ volume: { name }, why }) => `${name}: ${why}`), ...unknown.map(({ name }) => `${name}?`)];
}

const hash = 'a'.repeat(64);

describe('a volume that nothing uses', () => {
  const cases: [string, string[], string[]][] = [
    ['is one by the engine and by us', found([volume('db')]), ['db: named']],
    ['is none when the engine does not say so', found([volume('db')], [], []), []],
    ['is none when a stopped container has it', found([volume('db')], [container([{ name: 'db' }])]), []],
    [
      'is none when a container writes to its folder',
      found([volume('db')], [container([{ type: 'bind', source: '/engine/db/_data/x' }])]),
      [],
    ],
    [
      'is none when another volume of the same folder is used',
      found(
        [volume('db', { mountpoint: '/srv' }), volume('two', { options: bindOptions('/srv/x') })],
        [container([{ name: 'two' }])],
      ),
      [],
    ],
    ['may be anonymous', found([volume(hash)]), [`${hash}: anonymous`]],
    [
      'may be anonymous by its label',
      found([volume('x', { labels: { 'com.docker.volume.anonymous': '' } })]),
      ['x: anonymous'],
    ],
    [
      'may be of a project that is down',
      found([volume('x', { labels: { 'com.docker.compose.project': 'shop' } })]),
      ['x: project'],
    ],
    ['is not known of another driver', found([volume('x', { driver: 'cloud' })]), ['x?']],
    ['is not known of a cluster', found([volume('x', { scope: 'global' })]), ['x?']],
    ['is not known of data that lies elsewhere', found([volume('x', { options: bindOptions('/srv') })]), ['x?']],
    [
      'is not known of a stack of Swarm',
      found([volume('x', { labels: { 'com.docker.stack.namespace': 's' } })]),
      ['x?'],
    ],
  ];
  for (const [what, is, expected] of cases) it(what, () => assert.deepEqual(is, expected));
});
