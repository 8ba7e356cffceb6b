import * as assert from 'node:assert/strict';
import * as fc from 'fast-check';
import type { Entry, EntryType } from '../../src/core/entry';
import { decodeManifest, encodeManifest } from '../../src/core/manifest';
import { plan, type Plan } from '../../src/core/plan';
import { objectId } from '../../src/core/storeLayout';
import { applyToModel, treeOf, type ModelNode } from './planModel';

function entry(path: string, type: EntryType, more: Partial<Entry> = {}): Entry {
  const base = { path, type, mode: 0o644, uid: 0, gid: 0, size: 0, mtime: 1n, ctime: 1n, ino: 0n, nlink: 1 };
  return { ...base, ...(type === 'file' && { object: `o-${path}` }), ...more };
}

const root = entry('', 'directory');
const paths = (entries: { path: string }[]) => entries.map(({ path }) => path);

function summary(current: Entry[], wanted: Entry[]) {
  const { remove, folders, files, specials, links, metadata, folderMetadata } = plan(
    [root, ...current],
    [root, ...wanted],
  );
  return {
    remove: paths(remove),
    make: [...paths(folders), ...paths(files), ...paths(specials), ...links.map((l) => `${l.entry.path} -> ${l.to}`)],
    metadata: [...paths(metadata), ...paths(folderMetadata)],
  };
}

describe('a plan', () => {
  it('does nothing to a tree that is as wanted', () => {
    const tree = [entry('a', 'directory'), entry('a/b', 'file'), entry('c', 'symlink', { target: 'a' })];
    assert.deepEqual(summary(tree, tree), { remove: [], make: [], metadata: [] });
  });

  it('removes children before their folder, and makes parents before their children', () => {
    const tree = [entry('a', 'directory'), entry('a/b', 'directory'), entry('a/b/c', 'file')];
    assert.deepEqual(summary(tree, []).remove, ['a/b/c', 'a/b', 'a']);
    assert.deepEqual(summary([], tree), {
      remove: [],
      make: ['a', 'a/b', 'a/b/c'],
      metadata: ['a/b/c', 'a/b', 'a', ''],
    });
  });

  it('writes a file anew whose content is not known or another', () => {
    const wanted = [entry('f', 'file', { object: 'x' })];
    const written = { remove: ['f'], make: ['f'], metadata: ['f', ''] };
    assert.deepEqual(summary([entry('f', 'file', { object: 'y' })], wanted), written);
    assert.deepEqual(summary([{ ...entry('f', 'file'), object: undefined }], wanted), written);
  });

  it('sets only the metadata when only that differs', () => {
    const now = [entry('d', 'directory', { mode: 0o700 }), entry('d/f', 'file', { mtime: 7n })];
    const then = [entry('d', 'directory'), entry('d/f', 'file')];
    assert.deepEqual(summary(now, then), { remove: [], make: [], metadata: ['d/f', 'd'] });
    const withAcl = [entry('d', 'directory'), entry('d/f', 'file', { xattrs: [['user.x', '1']] })];
    assert.deepEqual(summary(then, withAcl).metadata, ['d/f']);
    assert.deepEqual(summary(withAcl, then).metadata, ['d/f']);
  });

  it('replaces a folder by a symlink and back', () => {
    const folder = [entry('current', 'directory'), entry('current/f', 'file')];
    const symlink = [entry('current', 'symlink', { target: 'releases/1' })];
    assert.deepEqual(summary(folder, symlink), {
      remove: ['current/f', 'current'],
      make: ['current'],
      metadata: ['current', ''],
    });
    assert.deepEqual(summary(symlink, folder), {
      remove: ['current'],
      make: ['current', 'current/f'],
      metadata: ['current/f', 'current', ''],
    });
  });

  it('replaces a symlink with another target and a device with another number', () => {
    assert.deepEqual(
      summary([entry('l', 'symlink', { target: 'a' })], [entry('l', 'symlink', { target: 'b' })]).remove,
      ['l'],
    );
    assert.deepEqual(summary([entry('n', 'char', { rdev: 1 })], [entry('n', 'char', { rdev: 2 })]).remove, ['n']);
  });

  it('removes sockets', () => {
    assert.deepEqual(summary([entry('s', 'socket')], []).remove, ['s']);
  });

  describe('for hard links', () => {
    const linked = (ino: bigint, object: string, ...names: string[]) =>
      names.map((path) => entry(path, 'file', { ino, nlink: names.length, object }));

    it('writes one name and links the others', () => {
      assert.deepEqual(summary([], linked(5n, 'x', 'a', 'b', 'c')).make, ['a', 'b -> a', 'c -> a']);
    });

    it('adds a missing name to what is there', () => {
      const now = linked(9n, 'x', 'a', 'b');
      assert.deepEqual(summary(now, linked(5n, 'x', 'a', 'b', 'c')), {
        remove: [],
        make: ['c -> a'],
        metadata: [''],
      });
    });

    it('separates names that are no links of each other', () => {
      const wanted = [entry('a', 'file', { object: 'x' }), entry('b', 'file', { object: 'y' })];
      assert.deepEqual(summary(linked(5n, 'x', 'a', 'b'), wanted).remove, ['b']);
      assert.deepEqual(summary(linked(5n, 'x', 'a', 'b'), wanted).make, ['b']);
    });

    it('gives an inode to one group only, even where two want its content', () => {
      const now = linked(5n, 'x', 'a', 'b');
      const wanted = [entry('a', 'file', { object: 'x', ino: 1n }), entry('b', 'file', { object: 'x', ino: 2n })];
      assert.deepEqual(summary(now, wanted).remove, ['b']);
    });

    it('sets metadata once for a group', () => {
      const now = linked(5n, 'x', 'a', 'b').map((e) => ({ ...e, mode: 0 }));
      assert.deepEqual(summary(now, linked(5n, 'x', 'a', 'b')).metadata, ['a']);
    });
  });
});

describe('any plan, carried out on a model of a tree', () => {
  it('makes any tree from any other one', function () {
    this.timeout(20_000);
    fc.assert(
      fc.property(anyTree(), anyTree(), (from, to) => {
        const [current, wanted] = [treeOf(from, 1000n), treeOf(to, 1n)];
        const result = applyToModel(current, plan(current, wanted));
        assert.deepEqual(result, applyToModel(wanted, nothing));
      }),
      { numRuns: 3000 },
    );
  });

  it('is the same of records as of entries, however much is the same in both', () => {
    fc.assert(
      fc.property(anyTree(), anyTree(), fc.nat(9), (some, others, same) => {
        const from = treeOf(some, 1n);
        const to = treeOf([...some.slice(0, same), ...others], 1n);
        assert.deepEqual(pathsOf(plan(recorded(from), recorded(to))), pathsOf(plan(from, to)));
      }),
      { numRuns: 300 },
    );
  });

  it('keeps what is the same: a plan from a tree to itself does nothing', () => {
    fc.assert(
      fc.property(anyTree(), (nodes) => {
        const tree = treeOf(nodes, 1n);
        const { kept: _, ...lists } = plan(tree, tree);
        for (const [name, list] of Object.entries(lists)) assert.deepEqual(list, [], name);
      }),
    );
  });
});

/** As the agent has them: most of what is the same is then never decoded. */
function recorded(entries: readonly Entry[]): Entry[] {
  const stored = entries.map((entry) =>
    entry.object === undefined ? entry : { ...entry, object: objectId(entry.object, 1) },
  );
  const header = {
    volume: { name: 'v', createdAt: '' },
    snapshot: 's',
    stamp: '1',
    fileSystem: 0,
    device: '',
    root: '',
  };
  return [...decodeManifest(Buffer.concat(encodeManifest({ format: 2, ...header }, stored))).entries];
}

function pathsOf({ kept, links, ...lists }: Plan) {
  return {
    kept,
    links: links.map(({ entry, to }) => [entry.path, to]),
    ...Object.fromEntries(Object.entries(lists).map(([name, list]) => [name, paths(list)])),
  };
}

const nothing: Plan = {
  remove: [],
  folders: [],
  files: [],
  specials: [],
  links: [],
  metadata: [],
  folderMetadata: [],
  kept: { files: 0, bytes: 0 },
};

/** Few names and contents, so that swaps, renames and shared inodes are common. */
function anyTree(): fc.Arbitrary<ModelNode[]> {
  const path = fc.constantFrom('a', 'b', 'c', 'b/a', 'b/c');
  const node = fc.record({
    path,
    type: fc.constantFrom<EntryType>('file', 'file', 'file', 'directory', 'symlink', 'fifo'),
    content: fc.constantFrom('x', 'x', 'y'),
    mode: fc.constantFrom(0o600, 0o644),
    linkTo: fc.option(fc.nat(1), { nil: undefined, freq: 1 }),
  });
  return fc.array(node, { maxLength: 9, size: 'max' });
}
