import assert from 'node:assert/strict';
import type { Container, ContainerState, Volume } from '../../src/core/engine';
import type { SnapshotEntry } from '../../src/core/snapshotEntry';
import {
  allNodes,
  buildTree,
  childrenOf,
  identityOf,
  type Inventory,
  type Node,
} from '../../src/features/volumes/model';

describe('the tree of volumes', () => {
  it('sorts volumes by name as people count', () => {
    const tree = build({ volumes: [volume('v10'), volume('v2'), volume('Alpha'), volume('beta')] });
    assert.deepEqual(outline(tree), ['Alpha', 'beta', 'v2', 'v10']);
  });

  it('groups volumes by Compose project, projects first', () => {
    const volumes = [volume('aaa'), volume('shop_db', { project: 'shop' }), volume('blog_db', { project: 'blog' })];
    assert.deepEqual(outline(build({ volumes })), ['[blog]', '  blog_db', '[shop]', '  shop_db', 'aaa']);
    assert.deepEqual(outline(build({ volumes }, false)), ['aaa', 'blog_db', 'shop_db']);
  });

  it('shows who uses a volume, running ones first, and where they see it', () => {
    const containers = [container('a-job', 'exited', 'db', '/in'), container('web', 'running', 'db', '/data')];
    const [node] = build({ volumes: [volume('db')], containers });
    assert.ok(node?.kind === 'volume');
    assert.equal(node.use, 'running');
    assert.deepEqual(
      node.users.map((user) => [user.container.name, user.running, user.mounts]),
      [
        ['web', true, [{ destination: '/data', readOnly: false }]],
        ['a-job', false, [{ destination: '/in', readOnly: false }]],
      ],
    );
  });

  it('tells volumes in use from ones of stopped containers and unused ones', () => {
    const containers = [container('web', 'running', 'one', '/d'), container('old', 'exited', 'two', '/d')];
    const uses = build({ volumes: [volume('one'), volume('two'), volume('three')], containers });
    assert.deepEqual(
      uses.map((node) => node.kind === 'volume' && [node.volume.name, node.use]),
      [
        ['one', 'running'],
        ['three', 'unused'],
        ['two', 'stopped'],
      ],
    );
  });

  it('says through which container one has a volume, and for which it is held', () => {
    const holder = container('box', 'created', 'db', '/data');
    const users = [container('web', 'running', 'db', '/data'), container('job', 'exited', 'db', '/data')];
    const volumesFrom = new Map([
      [users[0]!.id, ['box']],
      [holder.id, []],
    ]);
    const [node] = build({ volumes: [volume('db')], containers: [...users, holder], volumesFrom });
    assert.ok(node?.kind === 'volume');
    assert.deepEqual(
      node.users.map((user) => [user.container.name, user.through, user.gives]),
      [
        ['web', ['box'], undefined],
        ['box', undefined, ['web']],
        ['job', undefined, undefined],
      ],
    );
  });

  it('counts a bind mount into the folder of a volume as a use', () => {
    const user = container('web', 'running', 'other', '/d');
    user.mounts = [{ type: 'bind', source: '/engine/db/_data/sub', destination: '/sub', readOnly: false }];
    const [node] = build({ volumes: [volume('db')], containers: [user] });
    assert.ok(node?.kind === 'volume');
    assert.deepEqual(node.users[0]?.mounts, [{ destination: '/sub', readOnly: false }]);
  });

  it('lists snapshots newest first, by sequence and not by clock', () => {
    const snapshots = [
      snapshot('db', 1, '2026-03-02'),
      snapshot('db', 3, '2026-03-01'),
      snapshot('db', 2, '2026-03-03'),
    ];
    assert.deepEqual(outline(build({ volumes: [volume('db')], snapshots })), ['db', '  #3', '  #2', '  #1']);
  });

  it('shows snapshots before the containers', () => {
    const tree = build({
      volumes: [volume('db')],
      snapshots: [snapshot('db', 1)],
      containers: [container('web', 'running', 'db', '/d')],
    });
    assert.deepEqual(outline(tree), ['db', '  #1', '  web']);
  });

  it('keeps the snapshots of removed volumes in reach, last', () => {
    const tree = build({ volumes: [volume('z')], snapshots: [snapshot('gone', 1), snapshot('z', 1)] });
    assert.deepEqual(outline(tree), ['z', '  #1', '[removed]', '  gone', '    #1']);
    const removed = allNodes(tree).find((node) => node.kind === 'snapshot' && node.entry.volume.name === 'gone');
    assert.ok(removed?.kind === 'snapshot');
    assert.equal(removed.volume, undefined);
  });

  it('keeps a volume that is gone with its Compose project, and a project of which all are gone after what is there', () => {
    const gone = (name: string, project: string) => ({ ...snapshot(name, 1), volume: volume(name, { project }) });
    const inventory = {
      volumes: [volume('aaa'), volume('shop_files', { project: 'shop' })],
      snapshots: [gone('shop_db', 'shop'), gone('blog_db', 'blog'), snapshot('other', 1)],
    };
    const shop = ['[shop]', '  shop_files', '  shop_db', '    #1'];
    const blog = ['[blog]', '  blog_db', '    #1'];
    assert.deepEqual(outline(build(inventory)), [...shop, 'aaa', ...blog, '[removed]', '  other', '    #1']);
    const flat = [
      'aaa',
      'shop_files',
      '[removed]',
      ...['blog_db', 'other', 'shop_db'].flatMap((n) => [`  ${n}`, '    #1']),
    ];
    assert.deepEqual(outline(build(inventory, false)), flat);
  });

  it('lists snapshots of an earlier volume of the same name, which can be restored to it', () => {
    const recreated = { ...volume('db'), createdAt: 'later' };
    const [node] = build({ volumes: [recreated], snapshots: [snapshot('db', 1)] });
    assert.ok(node?.kind === 'volume');
    assert.equal(node.snapshots[0]?.volume, recreated);
  });

  it('does not show the size of an earlier volume of the same name', () => {
    const size = { entries: 1, files: 1, bytes: 5, allocatedBytes: 8 };
    const sizes = new Map([[identityOf(volume('db')), size]]);
    const sizeOf = (tree: Node[]) => tree[0]?.kind === 'volume' && tree[0].size;
    assert.equal(sizeOf(build({ volumes: [volume('db')], sizes })), size);
    assert.equal(sizeOf(build({ volumes: [{ ...volume('db'), createdAt: 'later' }], sizes })), undefined);
  });

  it('offers the way back of a restored project on it, on its volumes, and on what that brings back', () => {
    const group = { id: 'g', project: 'shop', volumes: ['db', 'files'] };
    const snapshots = group.volumes.map((name, i) => ({ ...snapshot(name, i), kind: 'safety' as const, group }));
    const waysBack = snapshots.map(({ id, volume }) => ({ volume: volume.name, safety: id }));
    const volumes = [volume('db', { project: 'shop' }), volume('files', { project: 'shop' }), volume('web')];
    const offers = (options: Partial<Inventory>) =>
      allNodes(build({ volumes, waysBack, ...options })).flatMap((node) =>
        'undo' in node || 'undoes' in node ? [node.id] : [],
      );
    assert.deepEqual(offers({ snapshots }), [
      'project:shop',
      'volume:db',
      'snapshot:db:id-0',
      'volume:files',
      'snapshot:files:id-1',
    ]);
    assert.deepEqual(offers({ snapshots: [...snapshots, snapshot('db', 7)] }), []);
  });

  it('tells a snapshot that is all that is left of several from one of a whole project', () => {
    const taken = (name: string, sequence: number, id: string) => ({
      ...snapshot(name, sequence),
      group: { id, project: 'shop', volumes: ['db', 'files'] },
    });
    const snapshots = [taken('db', 1, 'whole'), taken('files', 1, 'whole'), taken('db', 2, 'half'), snapshot('db', 3)];
    const missing = allNodes(build({ volumes: [volume('db'), volume('files')], snapshots })).flatMap((node) =>
      'missing' in node ? [[node.id, node.missing]] : [],
    );
    assert.deepEqual(missing, [['snapshot:db:id-2', ['files']]]);
  });

  it('gives every node an id of its own, also where two volumes have one user', () => {
    const user = container('web', 'running', 'one', '/1');
    user.mounts.push({ type: 'volume', name: 'two', source: '', destination: '/2', readOnly: false });
    const nodes = allNodes(build({ volumes: [volume('one'), volume('two')], containers: [user] }));
    assert.equal(new Set(nodes.map((node) => node.id)).size, nodes.length);
  });
});

function build(inventory: Partial<Inventory>, grouped = true): Node[] {
  return buildTree(
    {
      volumes: [],
      containers: [],
      snapshots: [],
      waysBack: [],
      sizes: new Map(),
      volumesFrom: new Map(),
      ...inventory,
    },
    { grouped },
  );
}

function outline(nodes: readonly Node[], indent = ''): string[] {
  return nodes.flatMap((node) => [indent + nameOf(node), ...outline(childrenOf(node), `${indent}  `)]);
}

function nameOf(node: Node): string {
  if (node.kind === 'group') return `[${node.project ?? 'removed'}]`;
  if (node.kind === 'volume') return node.volume.name;
  if (node.kind === 'removedVolume') return node.name;
  return node.kind === 'snapshot' ? `#${node.entry.sequence}` : node.container.name;
}

function volume(name: string, { project }: { project?: string } = {}): Volume {
  const labels: Record<string, string> = project ? { 'com.docker.compose.project': project } : {};
  const mountpoint = `/engine/${name}/_data`;
  return { name, createdAt: 'then', driver: 'local', labels, options: {}, mountpoint, scope: 'local' };
}

function container(name: string, state: ContainerState, volume: string, destination: string): Container {
  const mounts = [{ type: 'volume', name: volume, source: `/engine/${volume}/_data`, destination, readOnly: false }];
  return { id: `id-of-${name}`, name, image: 'image', state, labels: {}, mounts };
}

function snapshot(name: string, sequence: number, time = '2026-03-01'): SnapshotEntry {
  return {
    format: 1,
    id: `id-${sequence}`,
    sequence,
    volume: volume(name),
    time: `${time}T12:00:00Z`,
    kind: 'user',
    note: '',
    consistency: 'paused',
    users: [],
    losses: [],
    entries: 1,
    files: 1,
    totalBytes: 1,
    addedBytes: 1,
    frozenMs: 0,
    phases: [],
  };
}
