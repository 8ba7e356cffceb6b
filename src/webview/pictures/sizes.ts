import uPlot from 'uplot';
import { groupedBy } from '../../core/timings/figures/figures';
import type { SnapshotPoint } from '../../core/timings/pageMessages';
import { button, element, select, setOptions } from '../dom';
import { dataTable, spoken, type TextColumn } from '../tables/dataTable';
import type { View } from '../view';
import { seriesColour } from './colours';
import { legend, type Picture } from './picture';
import { mostRows } from './timeline';

/** How a volume has grown, and how much was new in each of its snapshots. */
export function sizesPicture(view: View): Picture {
  const { say, format, choices, choose, filter } = view;
  const volumes = groupedBy(view.snapshots, ({ volume }) => volume);
  const most = [...volumes].sort(([, a], [, b]) => b.length - a.length)[0]?.[0] ?? '';
  const chosen = [filter.volume, choices['sizes']].find((each) => each !== undefined && volumes.has(each)) ?? most;
  const oldestFirst = [...(volumes.get(chosen) ?? [])].sort((a, b) => (a.time < b.time ? -1 : 1));
  const { root, box } = select(say('sizeOf'), (value) => choose('sizes', value));
  setOptions(
    box,
    [...volumes.keys()].sort().map((each) => [each, each]),
    chosen,
  );
  box.disabled = filter.volume !== undefined && volumes.has(filter.volume);
  const [snapshot, since] = [...oldestFirst].reverse();
  const analyse = button(
    say('analyse'),
    () =>
      view.analyse({ volume: chosen, ...(snapshot && { snapshot: snapshot.id }), ...(since && { since: since.id }) }),
    'secondary',
  );
  const chooser = element('div', '', 'chooser');
  chooser.append(root, analyse);
  const columns: TextColumn<SnapshotPoint>[] = [
    { title: say('snapshot'), name: 'when', content: ({ time }) => format.time(new Date(time)) },
    { title: say('size'), name: 'size', content: ({ totalBytes }) => format.bytes(totalBytes) },
    { title: say('added'), name: 'size', content: ({ addedBytes }) => format.bytes(addedBytes) },
    { title: say('filesTitle'), name: 'size', content: ({ files }) => format.count(files) },
  ];
  return {
    id: 'sizes',
    title: say('sizes'),
    note: say('sizesNote'),
    controls: [
      chooser,
      legend([
        { colour: 'var(--vscode-charts-blue)', text: say('size') },
        { colour: 'var(--vscode-charts-green)', text: say('added') },
      ]),
    ],
    points: oldestFirst.length,
    keyOf: (index) => oldestFirst[index]!.id,
    say: (index) => spoken(columns, oldestFirst[index]!),
    drawings: () => [
      {
        data: [
          oldestFirst.map(({ time }) => Date.parse(time) / 1_000),
          oldestFirst.map(({ totalBytes }) => totalBytes),
          oldestFirst.map(({ addedBytes }) => addedBytes),
        ],
        series: [
          { stroke: seriesColour(0), width: 2, points: { show: true, size: 6, fill: seriesColour(0) } },
          {
            stroke: seriesColour(1),
            fill: seriesColour(1),
            paths: uPlot.paths.bars!({ size: [0.5, 16, 3] }),
            points: { show: false },
          },
        ],
        x: { kind: 'time' },
        y: { kind: 'bytes' },
      },
    ],
    table: () => dataTable(columns, [...oldestFirst].reverse().slice(0, mostRows)),
  };
}
