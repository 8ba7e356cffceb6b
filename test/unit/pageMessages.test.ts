import assert from 'node:assert/strict';
import { parseExtensionMessage, parsePageMessage } from '../../src/core/timings/pageMessages';
import { fill } from '../../src/core/timings/pageTexts';
import { timingRecord } from '../fixtures/timingRecords';
import { pageWordsOfTests as words } from '../fixtures/pageWords';

const record = timingRecord({
  volume: '<img src=x onerror=alert(1)>',
  destination: { name: 'nas', type: 'folder' },
  databases: ['postgres'],
  expectedMs: 500,
});
const snapshot = { id: 's', volume: 'db', time: '2026-03-01T12:00:00Z', totalBytes: 5, addedBytes: 1, files: 1 };

describe('messages of the timings page', () => {
  it('are taken when they are what was agreed', () => {
    for (const type of ['ready', 'clear']) assert.deepEqual(parsePageMessage({ type }), { type });
    const asked = { type: 'export', filter: { kind: 'backup', days: 7 } };
    assert.deepEqual(parsePageMessage({ ...asked, more: 1 }), asked);
    const filter = { type: 'filter', filter: { volume: 'db' } };
    assert.deepEqual(parseExtensionMessage(filter), filter);
    const message = { type: 'records', records: [record], snapshots: [snapshot], words };
    assert.deepEqual(parseExtensionMessage(message), message);
  });

  for (const message of [
    ...[undefined, null, 'ready', [], {}, { type: 'run' }, { type: 'records' }],
    ...[{ type: 'export' }, { type: 'copyMarkdown', filter: 5 }, { type: 'filter', filter: { kind: {} } }],
    { type: 'records', records: [], snapshots: [], words: { ...words, texts: {} } },
    { type: 'records', records: [], snapshots: [], words: { ...words, kinds: { snapshot: 5 } } },
  ]) {
    it(`are dropped when they are ${JSON.stringify(message)?.slice(0, 80)}`, () => {
      assert.equal(parsePageMessage(message), undefined);
      assert.equal(parseExtensionMessage(message), undefined);
    });
  }

  it('leave out records and snapshots that are damaged, and keep the others', () => {
    const [phase] = record.phases;
    const damaged = [
      ...[{ ...record, totalMs: '612' }, { ...record, phases: [{}] }, { ...record, volume: undefined }, 5],
      ...[
        { ...record, phases: [{ ...phase, part: 5 }] },
        { ...record, failure: {} },
        { ...record, failedIn: 5 },
        { ...record, destination: 'nas' },
        { ...record, databases: [5] },
        { ...record, expectedMs: null },
      ],
    ];
    const snapshots = [{ ...snapshot, totalBytes: '5' }, null, snapshot];
    const message = parseExtensionMessage({ type: 'records', records: [...damaged, record], snapshots, words });
    assert.deepEqual(message, { type: 'records', records: [record], snapshots: [snapshot], words });
  });

  it('have texts into which values are put as they are', () => {
    assert.equal(fill('{0} of {1}', '{1}', '$&'), '{1} of $&');
    assert.equal(fill('{0} and {1}', 'a'), 'a and {1}');
  });
});
