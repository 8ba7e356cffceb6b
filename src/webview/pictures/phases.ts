import uPlot from 'uplot';
import type { PhaseName, TimingRecord } from '../../core/timings/record';
import { dataTable } from '../tables/dataTable';
import { kindWord, phaseWord, type View } from '../view';
import { phaseColour } from './colours';
import { legend, type Picture } from './picture';

/** As many bars as can be told apart. */
const mostBars = 40;

/** One bar for each of the last operations, made of its phases: what it was that took so long. */
export function phasesPicture(view: View): Picture {
  const { say, format, words } = view;
  const shown = view.records.slice(0, mostBars).reverse();
  const times = shown.map(({ phases }) => timesOf(phases));
  // One order for all bars, which is about the one that they come in.
  const order = Object.keys(words.phases);
  const names = [...new Set(shown.flatMap(({ phases }) => phases.map(({ name }) => name)))];
  names.sort((a, b) => order.indexOf(a) - order.indexOf(b));
  const used = names.filter((name) => times.some((each) => share(each, name) > 0.005));
  const saying = (record: TimingRecord, of: Times): string => {
    const parts = [...of].filter(([name]) => share(of, name) > 0.005).sort(([, a], [, b]) => b - a);
    const words = parts.map(
      ([name, ms]) => `${phaseWord(view, name)} ${format.duration(ms)} (${format.percent(share(of, name))})`,
    );
    return `${kindWord(view, record.kind)} ${record.volume} · ${format.duration(record.totalMs)}: ${words.join(', ')}`;
  };
  return {
    id: 'phases',
    title: say('phasesPicture'),
    note: say('phasesNote'),
    controls: [legend(used.map((phase) => ({ colour: '', phase, text: phaseWord(view, phase) })))],
    points: shown.length,
    keyOf: (index) => shown[index]!.id,
    say: (index) => saying(shown[index]!, times[index]!),
    drawings: () => [
      {
        // The tallest is drawn first, and each next one hides what is below its own top.
        data: [
          shown.map((_, i) => i),
          ...used.map((_, level) => times.map((of) => sumUpTo(of, used, used.length - level))),
        ],
        series: used.map((_, level) => ({
          fill: phaseColour(used[used.length - 1 - level]!),
          width: 0,
          paths: uPlot.paths.bars!({ size: [0.8, 48] }),
          points: { show: false },
        })),
        x: { kind: 'index', label: (index) => (shown[index] ? kindWord(view, shown[index].kind) : '') },
        y: { kind: 'duration' },
      },
    ],
    table: () =>
      dataTable<number>(
        [
          { title: words.columns.when, name: 'when', content: (i) => format.time(new Date(shown[i]!.startedAt)) },
          { title: words.columns.operation, name: 'operation', content: (i) => kindWord(view, shown[i]!.kind) },
          { title: words.columns.volume, name: 'volume', content: (i) => shown[i]!.volume },
          { title: words.columns.total, name: 'total', content: (i) => format.duration(shown[i]!.totalMs) },
          ...used.map((phase) => ({
            title: phaseWord(view, phase),
            name: 'duration',
            content: (i: number) => {
              const ms = times[i]!.get(phase);
              return ms === undefined ? '–' : `${format.duration(ms)} · ${format.percent(share(times[i]!, phase))}`;
            },
          })),
        ],
        shown.map((_, i) => shown.length - 1 - i),
      ),
  };
}

type Times = Map<PhaseName, number>;

/** Of an operation's own work and its parts together. */
function timesOf(phases: TimingRecord['phases']): Times {
  const times: Times = new Map();
  for (const { name, ms } of phases) times.set(name, (times.get(name) ?? 0) + ms);
  return times;
}

function share(times: Times, name: PhaseName): number {
  const total = [...times.values()].reduce((sum, ms) => sum + ms, 0);
  return total > 0 ? (times.get(name) ?? 0) / total : 0;
}

function sumUpTo(times: Times, names: readonly PhaseName[], count: number): number {
  return names.slice(0, count).reduce((sum, name) => sum + (times.get(name) ?? 0), 0);
}
