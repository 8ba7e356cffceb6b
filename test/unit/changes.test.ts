import assert from 'node:assert/strict';
import { changesOf } from '../../src/core/changes';
import type { Entry, EntryType } from '../../src/core/entry';
import { decodeManifest, encodeManifest } from '../../src/core/manifest';
import { plan } from '../../src/core/plan';

let inodes = 0n;

function entry(path: string, type: EntryType, more: Partial<Entry> = {}): Entry {
  const ino = ++inodes;
  const size = more.size ?? 0;
  return { path, type, mode: 0o755, uid: 0, gid: 0, size, mtime: 1n, ctime: 1n, ino, nlink: 1, ...more };
}

const file = (path: string, object: string, size: number, more: Partial<Entry> = {}) =>
  entry(path, 'file', { object, size, ...more });

function changes(current: Entry[], wanted: Entry[]) {
  const { added, changed, removed } = changesOf(plan(current, wanted), current);
  const short = (list: typeof added) => [list.bytes, ...list.first.map(({ path }) => path)];
  return { added: short(added), changed: short(changed), removed: short(removed) };
}

describe('the changes of a restore', () => {
  const root = entry('', 'directory');

  it('are none for a tree that is as wanted, whatever the times of its folders', () => {
    const tree = [root, entry('folder', 'directory'), file('folder/a', 'x', 10)];
    const later = tree.map((each) => (each.type === 'directory' ? { ...each, mtime: 9n } : each));
    assert.deepEqual(changes(later, tree), { added: [0], changed: [0], removed: [0] });
  });

  it('are the same for entries as they come out of a manifest', () => {
    const header = { format: 2 as const, volume: { name: 'v', createdAt: '' }, snapshot: 's', stamp: '1' };
    const place = { fileSystem: 1, device: '1', root: '1' };
    const recorded = (entries: Entry[]) => [
      ...decodeManifest(Buffer.concat(encodeManifest({ ...header, ...place }, entries))).entries,
    ];
    const tree = [root, entry('folder', 'directory'), file('folder/a', 's/00/0', 10)];
    const later = tree.map((each) => (each.type === 'directory' ? { ...each, mtime: 9n } : each));
    const none = { added: [0], changed: [0], removed: [0] };
    assert.deepEqual(changes(recorded(later), recorded(tree)), none);
  });

  it('tell what is added, changed and removed, with the bytes that are written or go', () => {
    const current = [root, file('changed', 'old', 5), file('gone', 'gone', 7), file('mode', 'same', 3)];
    const wanted = [root, file('added', 'new', 11), file('changed', 'new', 6), { ...current[3]!, mode: 0o600 }];
    assert.deepEqual(changes(current, wanted), {
      added: [11, 'added'],
      changed: [6, 'changed', 'mode'],
      removed: [7, 'gone'],
    });
  });

  it('count a path that becomes something else as changed, and what was below it as removed', () => {
    const current = [root, entry('current', 'directory'), file('current/a', 'a', 4)];
    const wanted = [root, entry('current', 'symlink', { target: 'releases/1' })];
    assert.deepEqual(changes(current, wanted), { added: [0], changed: [0, 'current'], removed: [4, 'current/a'] });
  });

  it('count the bytes of hard links once', () => {
    const links = ['a', 'b'].map((path) => file(path, 'x', 8, { ino: 100n, nlink: 2 }));
    assert.deepEqual(changes([root], [root, ...links]), { added: [8, 'a', 'b'], changed: [0], removed: [0] });
  });
});
