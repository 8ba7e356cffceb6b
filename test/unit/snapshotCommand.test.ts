import './vscodeWords';
import assert from 'node:assert/strict';
import { Failure } from '../../src/core/failure';
import type { SnapshotEntry } from '../../src/core/snapshotEntry';
import { snapshot } from '../../src/features/snapshots/snapshot';
import type { Node } from '../../src/features/volumes/model';
import type { Targets } from '../../src/features/volumes/targets';
import { messageOf } from '../../src/ui/failureMessages';
import type { Operations } from '../../src/ui/operation';

describe('the command Snapshot', () => {
  it('takes one of each selected volume, whatever other rows are selected with it', async () => {
    assert.deepEqual(await takenOf([row('volume', 'db'), row('snapshot', 'db'), row('container', 'db')]), ['db']);
    const rows = [row('volume', 'db'), row('container', 'db'), row('volume', 'web'), row('volume', 'db')];
    assert.deepEqual(await takenOf(rows), ['db', 'web']);
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
function takenOf(selected: Node[], { failing = '' } = {}): Promise<string[]> {
  return takenAt(selected[0], selected, { selected, failing });
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
  const targets = { nodes: () => Promise.resolve(rows), parentOf: () => undefined } as unknown as Targets;
  await snapshot(argument, selected, targets, { run } as unknown as Operations);
  return taken;
}

/** As much of a row as the command looks at. */
function row(kind: 'volume' | 'snapshot' | 'container', name: string): Node {
  return { kind, id: `${kind}:${name}`, volume: { name } } as unknown as Node;
}
