import assert from 'node:assert/strict';
import { specOfClone, specOfNew, specOfRenamed } from '../../src/core/newVolumeSpec';
import { bindOptions, nfsOptions, pairsIn } from '../../src/core/volumeOptions';

const compose = { 'com.docker.compose.project': 'shop', 'com.docker.compose.volume': 'db' };
const labels = { ...compose, team: 'blue', 'com.docker.volume.anonymous': '' };
const volume = (driver: string, options: Record<string, string>) => ({
  name: 'db',
  createdAt: '',
  driver,
  labels,
  options,
});

describe('what a volume is made as', () => {
  const cases: [string, string, Record<string, string>, { driver: string; options: Record<string, string> }][] = [
    ['a quota is kept', 'local', { o: 'size=1g' }, { driver: 'local', options: { o: 'size=1g' } }],
    ['a folder is not', 'local', bindOptions('/srv'), { driver: 'local', options: {} }],
    ['a share is not', 'local', nfsOptions({ address: 'nas', path: '/x' }), { driver: 'local', options: {} }],
    ['memory is not', 'local', { type: 'tmpfs', device: 'tmpfs' }, { driver: 'local', options: {} }],
    ['another driver is kept', 'cloud', { size: '1' }, { driver: 'cloud', options: { size: '1' } }],
    ['a secret that is not known is not', 'cloud', { password: '***' }, { driver: 'local', options: {} }],
  ];
  for (const [what, driver, options, expected] of cases) {
    it(`for a clone: ${what}`, () => {
      const made = specOfClone(volume(driver, options), 'copy');
      assert.deepEqual(made, { name: 'copy', labels: { team: 'blue' }, ...expected });
    });
  }

  it('under its old name has all labels again, also those of Compose', () => {
    assert.deepEqual(specOfNew(volume('local', {}), 'db').labels, labels);
  });

  it('under a new name is still the one of its project, and no anonymous one', () => {
    const made = specOfRenamed(volume('local', bindOptions('/srv')), 'new');
    assert.deepEqual(made, {
      name: 'new',
      driver: 'local',
      labels: { ...compose, team: 'blue' },
      options: bindOptions('/srv'),
    });
  });
});

describe('pairs as a person writes them', () => {
  const cases: [string, ReturnType<typeof pairsIn>][] = [
    ['', { pairs: {} }],
    ['  a=1  b=2=3 ', { pairs: { a: '1', b: '2=3' } }],
    ['note="two words" empty=', { pairs: { note: 'two words', empty: '' } }],
    ['"a name=x y"', { pairs: { 'a name': 'x y' } }],
    ['a=1 oops b=2', { pairs: { a: '1' }, wrong: 'oops' }],
    ['=1', { pairs: {}, wrong: '=1' }],
  ];
  for (const [text, expected] of cases) it(`: ${text}`, () => assert.deepEqual(pairsIn(text), expected));
});
