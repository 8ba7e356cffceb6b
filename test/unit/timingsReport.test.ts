import assert from 'node:assert/strict';
import { createFormat } from '../../src/core/format';
import { asCsv } from '../../src/core/timings/report/csv';
import { asHtml } from '../../src/core/timings/report/html';
import { asJson } from '../../src/core/timings/report/json';
import { asMarkdown } from '../../src/core/timings/report/markdown';
import { reported } from '../../src/core/timings/report/reported';
import { pageWordsOfTests } from '../fixtures/pageWords';
import { timingRecord } from '../fixtures/timingRecords';

const markup = '<img src=x onerror="alert(1)">|[a](b)`';
const records = [
  timingRecord({ id: 'first', volume: markup, totalMs: 1_234, bytesMoved: 5e6 }),
  timingRecord({ id: 'second', volume: '=cmd()', failure: 'a "b", c', expectedMs: 900 }),
  timingRecord({ id: 'other', kind: 'restore' }),
];
const how = {
  now: new Date('2026-03-02T00:00:00Z'),
  words: pageWordsOfTests,
  format: createFormat('en'),
  title: 'Timings',
};
const report = reported(records, { kind: 'snapshot' }, how);

describe('the report of timings', () => {
  it('in HTML stands alone, runs nothing, and shows names as they are', () => {
    const html = asHtml(report, 'en');
    assert.match(html, /Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'"/);
    assert.doesNotMatch(html, /<script|<img|<link|https?:|url\(/);
    assert.ok(html.includes('&#60;img src=x onerror=&#34;alert(1)&#34;&#62;'));
    assert.match(html, /<td>1\.2 s<\/td>/);
    assert.match(html, /Scanning 1\.2 s/);
  });

  it('in HTML says which phases are of the safety snapshot, where and why it failed, and of which zone times are', () => {
    const failed = timingRecord({
      ...{ kind: 'restore', outcome: 'failed', failedIn: 'copy', failure: 'engineLost', downtimeMs: 2_000 },
      ...{ bytesMoved: 5e6, bytesSkipped: 7e6, destination: { name: 'nas', type: 'folder' } },
      phases: [
        { name: 'scan', part: 'safety', ms: 400, files: 0, bytes: 0 },
        { name: 'copy', ms: 600, files: 0, bytes: 0 },
      ],
    });
    const html = asHtml(reported([failed], {}, how), 'en');
    assert.match(html, />safety: Scanning 0\.4 s</i);
    for (const cell of ['nas', '2 s', '5 MB', '7 MB']) assert.ok(html.includes(`<td>${cell}</td>`), cell);
    assert.match(html, /<td>[^<]*engineLost<\/td>/);
    assert.match(html, /<p>Mar \d, 2026, [^<]* (UTC|GMT)/);
    assert.ok(html.includes('<h2>byStorage</h2>') && asMarkdown(reported([failed], {}, how)).includes('### byStorage'));
  });

  it('in Markdown has the figures in tables, and no name that is markup or ends a cell', () => {
    const lines = asMarkdown(report).split('\n');
    const row = lines.find((line) => line.includes('img')) ?? '';
    assert.match(
      row,
      /^\| Snapshot \| \\<img src=x onerror="alert\\\(1\\\)"\\>\\\|\\\[a\\\]\\\(b\\\)\\` \| Docker \| 1 \| 1\.2 s/,
    );
    assert.ok(lines.includes('operation: Snapshot'));
    assert.ok(!lines.some((line) => line.includes('other')));
  });

  it('in CSV is one line for each operation, with its phases, and no cell is a formula', () => {
    const [head, first, second, rest] = asCsv(report).split('\r\n');
    assert.match(head ?? '', /^id,kind,volume,engine,.*,phase scan ms$/);
    assert.match(first ?? '', /^first,snapshot,"<img src=x onerror=""alert\(1\)"">\|\[a\]\(b\)`",Docker,.*,1234$/);
    assert.match(second ?? '', /^second,snapshot,'=cmd\(\),Docker,[^,]*,done,"a ""b"", c",/);
    assert.equal(rest, '');
  });

  it('in JSON has the records as they are kept, the figures and the models', () => {
    const json = JSON.parse(asJson(report)) as { records: unknown; figures: unknown[]; models: unknown };
    assert.deepEqual(json.records, records.slice(0, 2));
    assert.equal(json.figures.length, 2);
    assert.deepEqual(json.models, [{ kind: 'snapshot', engine: 'Docker', tooLittle: true, records: 2, needed: 5 }]);
  });
});
