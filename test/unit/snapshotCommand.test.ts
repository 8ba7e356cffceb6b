import './vscodeWords';
import assert from 'node:assert/strict';
import type { SnapshotEntry } from '../../src/core/snapshotEntry';
import { snapshot } from '../../src/features/snapshots/snapshot';
import type { Node } from '../../src/features/volumes/model';
import type { Targets } from '../../src/features/volumes/targets';
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
});

/** The volumes that were tried after a click on the first of the selected rows. */
async function takenOf(rows: Node[], { failing = '' } = {}): Promise<string[]> {
  const taken: string[] = [];
  const run = ({ volume }: { volume: string }): Promise<SnapshotEntry | undefined> => {
    taken.push(volume);
    return Promise.resolve(volume === failing ? undefined : ({} as SnapshotEntry));
  };
  const targets = { parentOf: () => rows[0] } as unknown as Targets;
  await snapshot(rows[0], rows, targets, { run } as unknown as Operations);
  return taken;
}

/** As much of a row as the command looks at. */
function row(kind: 'volume' | 'snapshot' | 'container', name: string): Node {
  return { kind, id: `${kind}:${name}`, volume: { name } } as unknown as Node;
}
