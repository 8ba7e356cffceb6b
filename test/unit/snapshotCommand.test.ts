import './vscodeWords';
import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { Failure } from '../../src/core/failure';
import type { SnapshotEntry } from '../../src/core/snapshotEntry';
import { snapshot } from '../../src/features/snapshots/snapshot';
import type { Node } from '../../src/features/volumes/model';
import type { Targets } from '../../src/features/volumes/targets';
import { messageOf } from '../../src/ui/failureMessages';
import type { Operations } from '../../src/ui/operation';

describe('the command Snapshot', () => {
  const heard: string[] = [];
  before(() => Object.assign(vscode.window, { showInformationMessage: (text: string) => void heard.push(text) }));

  it('takes one of each selected volume, whatever other rows are selected with it', async () => {
    assert.deepEqual(await takenOf([row('volume', 'db'), row('snapshot', 'db'), row('container', 'db')]), ['db']);
    const rows = [row('volume', 'db'), row('container', 'db'), row('volume', 'web'), row('volume', 'db')];
    assert.deepEqual(await takenOf(rows), ['db', 'web']);
  });

  it('takes one of each selected project too, from its menu and by the key, and none twice', async () => {
    const shop = project('shop', row('volume', 'db'), row('volume', 'files'));
    const rows = [shop, row('volume', 'files'), project('blog', row('volume', 'posts')), row('volume', 'web')];
    assert.deepEqual(await takenOf(rows), ['shop', 'blog', 'web']);
    assert.deepEqual(await takenOf(rows, { byKey: true }), ['shop', 'blog', 'web']);
    assert.deepEqual(await takenOf([shop], { byKey: true }), ['shop']);
  });

  it('says why there is none of a project whose volumes are gone', async () => {
    assert.deepEqual(await takenOf([project('shop', row('removedVolume', 'db'))], { byKey: true }), []);
    assert.match(heard.pop() ?? '', /^All volumes of “shop” are gone/);
  });

  it('ends with the first one that fails or is cancelled', async () => {
    const rows = [row('volume', 'db'), row('volume', 'web'), row('volume', 'cache')];
    assert.deepEqual(await takenOf(rows, { failing: 'web' }), ['db', 'web']);
  });

  it('takes one of the volume that the button of a message names', async () => {
    const { action } = messageOf(new Failure('storeDamaged', { volume: 'web', object: 'the/object' }));
    assert.equal(action.command, 'dockerVolumes.snapshot');
    assert.deepEqual(await takenAt(action.args?.[0], [row('volume', 'db'), row('volume', 'web')]), ['web']);
    await assert.rejects(takenAt(action.args?.[0], [row('volume', 'db')]), { code: 'volumeNotFound' });
  });
});

/** The volumes that were tried after a click on the first of the selected rows. */
function takenOf(selected: Node[], { failing = '', byKey = false } = {}): Promise<string[]> {
  return byKey ? takenAt('focused', selected, { failing }) : takenAt(selected[0], selected, { selected, failing });
}

async function takenAt(
  argument: unknown,
  rows: Node[],
  { selected, failing }: { selected?: Node[]; failing?: string } = {},
): Promise<string[]> {
  const taken: string[] = [];
  const run = ({ volume }: { volume: string }): Promise<SnapshotEntry | undefined> => {
    taken.push(volume);
    return Promise.resolve(volume === failing ? undefined : ({} as SnapshotEntry));
  };
  const targets = {
    nodes: () => Promise.resolve(rows),
    snapshots: () => [],
    parentOf: () => undefined,
    selection: () => rows,
  } as unknown as Targets;
  await snapshot(argument, selected, targets, { run } as unknown as Operations);
  return taken;
}

/** As much of a row as the command looks at. */
function row(kind: 'volume' | 'removedVolume' | 'snapshot' | 'container', name: string): Node {
  return { kind, id: `${kind}:${name}`, volume: { name } } as unknown as Node;
}

function project(name: string, ...children: Node[]): Node {
  return { kind: 'group', id: `project:${name}`, project: name, children } as unknown as Node;
}
