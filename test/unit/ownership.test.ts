import assert from 'node:assert/strict';
import type { ContainerState, FreezeJournal, OwnContainer } from '../../src/core/engine';
import { isAbandoned, isAtWork, isLeftBehind, isOwned, isUnreadableLeftBehind } from '../../src/core/ownership';

const now = 1_000_000_000;
const owner = { host: 'here', pid: 1 };

function helper(more: Partial<OwnContainer> = {}, ageMs = 0): OwnContainer {
  return { id: 'h', name: 'n.lock.v', role: 'helper', state: 'running', createdAt: now - ageMs, owner, ...more };
}

const journal: FreezeJournal = {
  format: 1,
  operation: 'snapshot',
  volumes: ['v'],
  action: 'pause',
  containers: [],
  owner,
  helpers: ['n.lock.v'],
  at: '',
};

describe('a helper', () => {
  const cases: [ContainerState, number, 'at work' | 'left behind' | 'neither'][] = [
    ['created', 59_000, 'at work'],
    ['created', 61_000, 'left behind'],
    ['running', 1e8, 'at work'],
    ['paused', 1e8, 'at work'],
    ['restarting', 1e8, 'at work'],
    ['removing', 0, 'neither'],
    ['exited', 0, 'left behind'],
    ['dead', 0, 'left behind'],
  ];
  for (const [state, ageMs, expected] of cases) {
    it(`that is ${state} and ${ageMs / 1000} s old is ${expected}`, () => {
      const found = helper({ state }, ageMs);
      assert.equal(isAtWork(found, now), expected === 'at work');
      assert.equal(isLeftBehind(found, now), expected === 'left behind');
    });
  }

  it('is none of the containers that stay', () => {
    assert.equal(isLeftBehind(helper({ role: 'store', state: 'exited' }), now), false);
    assert.equal(isLeftBehind(helper({ role: 'freeze', state: 'created' }, 1e8), now), false);
  });

  it('that becomes an image has more time', () => {
    assert.equal(isLeftBehind(helper({ role: 'image', state: 'created' }, 400_000), now), false);
    assert.equal(isLeftBehind(helper({ role: 'image', state: 'created' }, 700_000), now), true);
  });
});

describe('the owner of a freeze', () => {
  const { owner: _, ...nameless } = helper();
  const cases: [string, OwnContainer[], boolean][] = [
    ['lives with its helper', [helper()], true],
    ['lives while its helper is paused', [helper({ state: 'paused' })], true],
    ['lives while it creates its helper', [helper({ state: 'created' })], true],
    ['is dead when there is no helper', [], false],
    ['is dead when its helper ended', [helper({ state: 'exited' })], false],
    ['is dead when only a helper of another volume runs', [helper({ name: 'n.lock.w' })], false],
    ['is dead when another process has the volume now', [helper({ owner: { host: 'here', pid: 2 } })], false],
    ['is dead when another machine has the volume now', [helper({ owner: { host: 'there', pid: 1 } })], false],
    ['lives when the helper does not say whose it is', [nameless], true],
  ];
  for (const [what, own, expected] of cases) {
    it(what, () => assert.equal(isOwned(journal, own, now), expected));
  }

  it('has a moment to close the journal after its helper', () => {
    assert.equal(isAbandoned({ journal, createdAt: now - 4_000 }, [], now), false);
    assert.equal(isAbandoned({ journal, createdAt: now - 6_000 }, [], now), true);
    assert.equal(isAbandoned({ journal, createdAt: now - 6_000 }, [helper()], now), false);
    assert.equal(isAbandoned({ createdAt: now - 6_000 }, [helper()], now), true);
  });
});

describe('the owner of a journal that cannot be read', () => {
  const unreadable = (ageMs: number): OwnContainer => {
    const { owner: _, ...rest } = helper({ name: 'n.freeze', role: 'freeze', state: 'created' }, ageMs);
    return { ...rest, unreadableJournal: '{"format":2}' };
  };
  const cases: [string, OwnContainer, OwnContainer[], boolean][] = [
    ['may be starting within a minute', unreadable(59_000), [], false],
    ['is dead when no helper is at work', unreadable(61_000), [helper({ state: 'exited' }, 62_000)], true],
    ['may live while a helper is at work that is as old', unreadable(61_000), [helper({}, 61_000)], false],
    ['is none whose helper is younger: that is our own', unreadable(61_000), [helper({}, 60_000)], true],
  ];
  for (const [what, found, others, expected] of cases) {
    it(what, () => assert.equal(isUnreadableLeftBehind(found, [found, ...others], now), expected));
  }

  it('is not asked for of one that can be read', () => {
    const readable = helper({ name: 'n.freeze', role: 'freeze', state: 'created', journal }, 1e8);
    assert.equal(isUnreadableLeftBehind(readable, [], now), false);
  });
});
