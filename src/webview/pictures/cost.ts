import { groupedBy } from '../../core/timings/figures/figures';
import { median } from '../../core/timings/figures/quantiles';
import { fitCostModel, isModel, ownMs, predictMs, workOf, type CostModel } from '../../core/timings/model/costModel';
import type { TimingRecord } from '../../core/timings/record';
import { select, setOptions } from '../dom';
import { dataTable, spoken, type TextColumn } from '../tables/dataTable';
import { kindWord, type View } from '../view';
import { seriesColour } from './colours';
import { legend, type Picture } from './picture';
import { points, type Drawing } from './plot';
import { mostRows } from './timeline';

/** How long operations of one kind take by the bytes they move: each of them, what the model says, and how far it is off. */
export function costPicture(view: View): Picture {
  const { say, format, words, choices, choose } = view;
  const groups = groupsOf(view);
  const chosen = groups.get(choices['cost'] ?? '') ? choices['cost']! : ([...groups.keys()][0] ?? '');
  const newestFirst = groups.get(chosen) ?? [];
  const fitted = fitCostModel(newestFirst);
  const model = isModel(fitted) ? fitted : undefined;
  const byBytes = [...newestFirst].sort((a, b) => a.bytesMoved - b.bytesMoved);
  const { root, box } = select(say('costOf'), (value) => choose('cost', value));
  setOptions(
    box,
    [...groups].map(([key, records]) => [key, nameOf(records[0]!, view)]),
    chosen,
  );
  const offBy = (record: TimingRecord) => (model ? ownMs(record) - predictMs(model, workOf(record)) : NaN);
  const columns: TextColumn<TimingRecord>[] = [
    { title: words.columns.when, name: 'when', content: ({ startedAt }) => format.time(new Date(startedAt)) },
    { title: words.columns.volume, name: 'volume', content: ({ volume }) => volume },
    { title: words.columns.moved, name: 'moved', content: ({ bytesMoved }) => format.bytes(bytesMoved) },
    { title: say('measured'), name: 'duration', content: (record) => format.duration(ownMs(record)) },
    ...(model
      ? [
          {
            title: say('predicted'),
            name: 'duration',
            content: (record: TimingRecord) => format.duration(predictMs(model, workOf(record))),
          },
          {
            title: say('offBy'),
            name: 'duration',
            content: (record: TimingRecord) => signedDuration(offBy(record), view),
          },
        ]
      : []),
  ];
  return {
    id: 'cost',
    title: say('cost'),
    note: say('costNote'),
    controls: [
      root,
      legend([
        { colour: 'var(--vscode-charts-blue)', text: say('measured') },
        ...(model ? [{ colour: 'var(--vscode-charts-orange, var(--vscode-foreground))', text: say('fitted') }] : []),
      ]),
    ],
    summary: model ? modelWords(model, view) : say('tooLittle', fitted.records, 'needed' in fitted ? fitted.needed : 0),
    points: byBytes.length,
    keyOf: (index) => byBytes[index]!.id,
    say: (index) => spoken(columns, byBytes[index]!),
    drawings: () => drawings(byBytes, model, offBy),
    table: () => dataTable(columns, newestFirst.slice(0, mostRows)),
  };
}

function drawings(
  records: readonly TimingRecord[],
  model: CostModel | undefined,
  offBy: (record: TimingRecord) => number,
): Drawing[] {
  const bytes = records.map(({ bytesMoved }) => bytesMoved);
  const files = median(records.map((record) => workOf(record).files));
  const measured: Drawing = {
    data: [
      bytes,
      records.map(ownMs),
      ...(model ? [bytes.map((each) => predictMs(model, { files, bytes: each }))] : []),
    ],
    series: [
      points(seriesColour(0)),
      ...(model ? [{ stroke: seriesColour(2), width: 2, points: { show: false } }] : []),
    ],
    x: { kind: 'bytes' },
    y: { kind: 'duration' },
  };
  if (!model) return [measured];
  const zero = { stroke: seriesColour(2), width: 1, points: { show: false } };
  return [
    measured,
    {
      data: [bytes, records.map(offBy), bytes.map(() => 0)],
      series: [points(seriesColour(0), 5, true), zero],
      x: { kind: 'bytes' },
      y: { kind: 'duration', signed: true },
      height: 120,
    },
  ];
}

/** Those that have a model of their own: by kind, engine and destination, the one with most records first. */
function groupsOf({ records }: View): Map<string, TimingRecord[]> {
  const done = records.filter(({ outcome }) => outcome === 'done');
  const groups = groupedBy(done, ({ kind, engine, destination }) => JSON.stringify([kind, engine, destination?.name]));
  return new Map([...groups].sort(([, a], [, b]) => b.length - a.length));
}

function nameOf(record: TimingRecord, view: View): string {
  const { kind, engine, destination } = record;
  const engines = new Set(view.records.map((each) => each.engine));
  return [kindWord(view, kind), ...(engines.size > 1 ? [engine] : []), ...(destination ? [destination.name] : [])].join(
    ' · ',
  );
}

/** A thousandth of a second counts, where it is for each of many. */
function fine(ms: number): string {
  return `${Number(ms.toPrecision(2))} ms`;
}

function modelWords(model: CostModel, { say, format }: View): string {
  const { fixedMs, msPerFile, msPerByte, typicalError, records } = model;
  return say(
    'model',
    format.duration(fixedMs),
    fine(msPerFile * 1_000),
    fine(msPerByte * 1e6),
    format.count(records),
    `${format.count(Math.round(typicalError * 100))}%`, // it may be more than all of it
  );
}

function signedDuration(ms: number, { format }: View): string {
  return ms < 0 ? `−${format.duration(-ms)}` : `+${format.duration(ms)}`;
}
