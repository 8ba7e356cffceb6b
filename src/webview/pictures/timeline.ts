import type { TimingRecord } from '../../core/timings/record';
import { dataTable } from '../tables/dataTable';
import { kindWord, type View } from '../view';
import { seriesColour } from './colours';
import { legend, type Picture } from './picture';
import { points } from './plot';

/** In the table behind a picture; the list of operations has all. */
export const mostRows = 500;

/** When each operation was, and how long it took. */
export function timeline(view: View): Picture {
  const { say, format, words } = view;
  const oldestFirst = [...view.records].sort((a, b) => (a.startedAt < b.startedAt ? -1 : 1));
  // Of all records in one order, so that no kind changes its colour with the filter or with the next operation.
  const order = Object.keys(words.kinds);
  const known = new Set(view.all.map(({ kind }) => kind as string));
  const ordered = [...order.filter((kind) => known.has(kind)), ...[...known].filter((kind) => !order.includes(kind))];
  const shown = new Set(view.records.map(({ kind }) => kind as string));
  const kinds = ordered.flatMap((kind, i) => (shown.has(kind) ? [{ kind, i, hollow: i >= names.length }] : []));
  const saying = (record: TimingRecord) =>
    [
      format.time(new Date(record.startedAt)),
      `${kindWord(view, record.kind)} ${record.volume}`,
      format.duration(record.totalMs),
      words.outcomes[record.outcome] ?? record.outcome,
    ].join(' · ');
  return {
    id: 'timeline',
    title: say('timeline'),
    note: say('timelineNote'),
    controls: [
      legend(kinds.map(({ kind, i, hollow }) => ({ colour: seriesVariable(i), text: kindWord(view, kind), hollow }))),
    ],
    points: oldestFirst.length,
    keyOf: (index) => oldestFirst[index]!.id,
    say: (index) => saying(oldestFirst[index]!),
    drawings: () => [
      {
        data: [
          oldestFirst.map(({ startedAt }) => Date.parse(startedAt) / 1_000),
          ...kinds.map(({ kind }) =>
            oldestFirst.map((each) => (each.kind === kind ? Math.max(1, each.totalMs) : null)),
          ),
        ],
        series: kinds.map(({ i, hollow }) => points(seriesColour(i), 6, hollow)),
        x: { kind: 'time' },
        y: { kind: 'duration', log: true },
      },
    ],
    table: () =>
      dataTable<TimingRecord>(
        [
          { title: words.columns.when, name: 'when', content: ({ startedAt }) => format.time(new Date(startedAt)) },
          { title: words.columns.operation, name: 'operation', content: ({ kind }) => kindWord(view, kind) },
          { title: words.columns.volume, name: 'volume', content: ({ volume }) => volume },
          { title: words.columns.total, name: 'total', content: ({ totalMs }) => format.duration(totalMs) },
          {
            title: words.columns.outcome,
            name: 'outcome',
            content: ({ outcome }) => words.outcomes[outcome] ?? outcome,
          },
        ],
        view.records.slice(0, mostRows),
      ),
  };
}

const names = ['blue', 'green', 'orange', 'purple', 'red', 'yellow'];

function seriesVariable(index: number): string {
  return `var(--vscode-charts-${names[index % names.length]}, var(--vscode-foreground))`;
}
