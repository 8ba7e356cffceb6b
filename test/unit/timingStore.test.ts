import assert from 'node:assert/strict';
import { appendFile, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { TimingRecord } from '../../src/core/timings/record';
import { TimingStore } from '../../src/core/timings/timingStore';

const record = (id: string): TimingRecord => ({
  schema: 1,
  id,
  kind: 'snapshot',
  volume: 'db',
  engine: 'test',
  startedAt: '2026-01-01T00:00:00.000Z',
  totalMs: 1,
  phases: [],
  downtimeMs: 0,
  bytesMoved: 0,
  bytesSkipped: 0,
  filesMoved: 0,
  filesSkipped: 0,
  outcome: 'done',
});

describe('the timing store', () => {
  let folder: string;
  beforeEach(async () => void (folder = await mkdtemp(path.join(tmpdir(), 'timings-'))));
  afterEach(() => rm(folder, { recursive: true }));
  const ids = async (store: TimingStore) => (await store.readAll()).map(({ id }) => id);

  it('keeps at least the newest records, in order, and is bounded', async () => {
    const store = new TimingStore(folder, () => 20);
    for (let i = 0; i < 100; i++) await store.append(record(`r${i}`));
    const kept = await ids(store);
    assert.ok(kept.length >= 20 && kept.length <= 30, `${kept.length} kept`);
    assert.deepEqual(
      kept,
      Array.from({ length: kept.length }, (_, i) => `r${100 - kept.length + i}`),
    );
  });

  it('keeps as many as the setting says now', async () => {
    let limit = 100;
    const store = new TimingStore(folder, () => limit);
    for (let i = 0; i < 100; i++) await store.append(record(`r${i}`));
    limit = 20;
    for (let i = 0; i < 30; i++) await store.append(record(`s${i}`));
    const kept = await ids(store);
    assert.ok(kept.length >= 20 && kept.length <= 30 && kept.at(-1) === 's29', `${kept.length} kept`);
  });

  it('loses no record of two windows that append at the same time', async () => {
    const windows = [new TimingStore(folder, () => 400), new TimingStore(folder, () => 400)];
    await Promise.all(
      windows.map(async (store, w) => {
        for (let i = 0; i < 100; i++) await store.append(record(`w${w}-${i}`));
      }),
    );
    assert.equal(new Set(await ids(windows[0]!)).size, 200);
  });

  it('reads past a damaged line and leaves it where it is', async () => {
    const store = new TimingStore(folder, () => 20);
    await store.append(record('a'));
    await appendFile(path.join(folder, 'timings-00000001.jsonl'), '{"half a reco');
    await store.append(record('b'));
    assert.deepEqual(await ids(store), ['a', 'b']);
  });

  it('reads past records that other versions and programs have written', async () => {
    const { filesMoved: _, ...partial } = record('partial');
    const others = [
      partial,
      { ...record('null phase'), phases: [null] },
      { ...record('bad date'), startedAt: 'yesterday' },
      { ...record('later'), schema: 2 },
    ];
    const lines = [...others, record('a')].map((each) => JSON.stringify(each)).join('\n');
    await appendFile(path.join(folder, 'timings-00000001.jsonl'), lines);
    assert.deepEqual(await ids(new TimingStore(folder, () => 20)), ['a']);
  });

  it('is empty where nothing was ever recorded', async () => {
    assert.deepEqual(await new TimingStore(path.join(folder, 'none'), () => 5).readAll(), []);
  });

  it('sees what another window has written since it was read, and forgets all when it is cleared', async () => {
    const [store, other] = [new TimingStore(folder, () => 20), new TimingStore(folder, () => 20)];
    await store.append(record('a'));
    assert.deepEqual(await ids(store), ['a']);
    await other.append(record('b'));
    assert.deepEqual(await ids(store), ['a', 'b']);
    await other.clear();
    assert.deepEqual(await ids(store), []);
    await store.append(record('c'));
    assert.deepEqual([await ids(store), await ids(other)], [['c'], ['c']]);
  });
});
