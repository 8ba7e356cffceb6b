import assert from 'node:assert/strict';
import { parseExtensionMessage, parsePageMessage, type PageWords } from '../../src/core/timings/pageMessages';
import type { TimingRecord } from '../../src/core/timings/record';

const record: TimingRecord = {
  schema: 1,
  id: 'id',
  kind: 'snapshot',
  volume: '<img src=x onerror=alert(1)>',
  engine: 'Docker',
  startedAt: '2026-03-01T12:00:00Z',
  totalMs: 612,
  phases: [{ name: 'scan', ms: 612, files: 1, bytes: 0 }],
  downtimeMs: 0,
  bytesMoved: 0,
  bytesSkipped: 0,
  filesMoved: 0,
  filesSkipped: 0,
  outcome: 'done',
};
const words = {
  ...{ empty: '', more: '', region: '', oneFile: '', files: '', failedIn: '' },
  ...{ columns: {}, kinds: {}, phases: {}, parts: {}, outcomes: {}, failures: {} },
} as unknown as PageWords;

describe('messages of the timings page', () => {
  it('are taken when they are what was agreed', () => {
    assert.deepEqual(parsePageMessage({ type: 'ready' }), { type: 'ready' });
    assert.deepEqual(parseExtensionMessage({ type: 'records', records: [record], words })?.records, [record]);
  });

  for (const message of [undefined, null, 'ready', [], {}, { type: 'run' }, { type: 'records' }]) {
    it(`are dropped when they are ${JSON.stringify(message)}`, () => {
      assert.equal(parsePageMessage(message), undefined);
      assert.equal(parseExtensionMessage(message), undefined);
    });
  }

  it('leave out records that are damaged, and keep the others', () => {
    const [phase] = record.phases;
    const damaged = [
      ...[{ ...record, totalMs: '612' }, { ...record, phases: [{}] }, { ...record, volume: undefined }, 5],
      ...[
        { ...record, phases: [{ ...phase, part: 5 }] },
        { ...record, failure: {} },
        { ...record, failedIn: 5 },
      ],
    ];
    const message = parseExtensionMessage({ type: 'records', records: [...damaged, record], words });
    assert.deepEqual(message?.records, [record]);
  });
});
