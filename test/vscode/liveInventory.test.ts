import assert from 'node:assert/strict';
import type { Catalog, Volume, VolumeEngine } from '../../src/core/engine';
import { LiveInventory } from '../../src/features/volumes/liveInventory';

describe('what is known of the engine', () => {
  let inventory: LiveInventory;
  beforeEach(() => (inventory = new LiveInventory()));
  afterEach(() => inventory.dispose());

  const names = () => inventory.current.volumes.map(({ name }) => name);

  it('is painted from the lists before the catalog has come', async () => {
    const catalog = promise<Catalog>();
    const loading = inventory.load(engine(['db'], catalog.value));
    await new Promise<void>((resolve) => inventory.onDidChange(() => resolve()));
    assert.deepEqual(names(), ['db']);
    catalog.resolve({ snapshots: [], incoming: [], pending: [], finished: [], waysBack: [], arrivals: [] });
    await loading;
  });

  it('is not overwritten by an answer older than the latest', async () => {
    const slow = promise<Volume[]>();
    const first = inventory.load({ ...engine([]), listVolumes: () => slow.value });
    await inventory.load(engine(['new']));
    slow.resolve([volume('old')]);
    await first;
    assert.deepEqual(names(), ['new']);
  });

  it('is the latest also for who asked before it', async () => {
    const slow = promise<Volume[]>();
    const first = inventory.load(engine(['old']));
    const second = inventory.load({ ...engine([]), listVolumes: () => slow.value });
    setTimeout(() => slow.resolve([volume('new')]), 20);
    await first;
    assert.deepEqual(names(), ['new']);
    await second;
  });

  it('is empty after another engine was chosen, whatever the old one still answers', async () => {
    const slow = promise<Volume[]>();
    const loading = inventory.load({ ...engine([]), listVolumes: () => slow.value });
    inventory.clear();
    slow.resolve([volume('old')]);
    await loading;
    assert.deepEqual(names(), []);
  });

  it('is only said to be listed once the engine has answered, and until another one is chosen', async () => {
    const failing = { ...engine([]), listVolumes: () => Promise.reject(new Error('gone')) };
    await assert.rejects(inventory.load(failing));
    assert.equal(inventory.isListed, false);
    await inventory.load(engine([]));
    assert.equal(inventory.isListed, true);
    inventory.clear();
    assert.equal(inventory.isListed, false);
  });

  it('keeps the failure of a stale question to itself', async () => {
    const slow = promise<Volume[]>();
    const first = inventory.load({ ...engine([]), listVolumes: () => slow.value });
    await inventory.load(engine(['new']));
    slow.reject(new Error('gone'));
    await first;
    assert.deepEqual(names(), ['new']);
  });
});

const emptyCatalog: Catalog = { snapshots: [], incoming: [], pending: [], finished: [], waysBack: [], arrivals: [] };

/** Only what the inventory asks for. */
function engine(volumes: string[], catalog = Promise.resolve(emptyCatalog)): VolumeEngine {
  const answers: Partial<VolumeEngine> = {
    listVolumes: () => Promise.resolve(volumes.map(volume)),
    listContainers: () => Promise.resolve([]),
    readCatalog: () => catalog,
  };
  return answers as VolumeEngine;
}

function volume(name: string): Volume {
  return { name, createdAt: '', driver: 'local', labels: {}, options: {}, mountpoint: `/${name}`, scope: 'local' };
}

function promise<T>(): { value: Promise<T>; resolve: (value: T) => void; reject: (error: Error) => void } {
  let resolve: (value: T) => void = () => undefined;
  let reject: (error: Error) => void = () => undefined;
  const value = new Promise<T>((resolved, rejected) => ((resolve = resolved), (reject = rejected)));
  return { value, resolve, reject };
}
