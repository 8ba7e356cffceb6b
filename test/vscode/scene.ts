import type { Volume } from '../../src/core/engine';
import type { Api } from '../../src/extension';
import type { SnapshotNode, VolumeNode } from '../../src/features/volumes/model';
import type { TestEngine } from '../fixtures/engine';
import { activated, connectLikeExtension, snapshotsOf, volumeNode } from './extension';

/** The extension and its engine, for the tests of one suite; what they made is removed after it. */
export interface Scene {
  api: Api;
  test: TestEngine;
}

/** Besides, a volume of its own for each test, with one file that holds "good". */
export interface FileScene extends Scene {
  volume: Volume;
  node(): Promise<VolumeNode>;
  snapshots(): Promise<SnapshotNode[]>;
  /** Text without spaces or signs. */
  write(text: string): Promise<unknown>;
  read(from?: Volume): Promise<string>;
}

/** To be called in a suite, which then has the scene in its tests and hooks. */
export function scene(): Scene {
  const here = {} as Scene;
  before(async () => {
    here.api = await activated();
    here.test = await connectLikeExtension();
  });
  after(() => here.test[Symbol.asyncDispose]());
  return here;
}

/** The same with a volume for each test. */
export function fileScene(): FileScene {
  const here: FileScene = Object.assign(scene() as FileScene, {
    node: () => volumeNode(here.api, here.volume.name),
    snapshots: () => snapshotsOf(here.api, here.volume.name),
    write: (text: string) => here.test.run(here.volume, ['sh', '-c', `printf ${text} > /data/file`]),
    read: async (from = here.volume) => (await here.test.run(from, ['cat', '/data/file'])).toString(),
  });
  beforeEach(async () => {
    here.volume = await here.test.createVolume();
    await here.write('good');
  });
  return here;
}
