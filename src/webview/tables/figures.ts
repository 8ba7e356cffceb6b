import { figuresOf, type Figures } from '../../core/timings/figures/figures';
import { trendText } from '../../core/timings/report/reported';
import { element, scrolled, section } from '../dom';
import { kindWord, orDash, type View } from '../view';
import { dataTable, type TableColumn } from './dataTable';

/** More rows than anybody reads; filters say which. */
const most = 200;

/** What an operation of a kind on a volume usually takes. */
export function figuresSection(view: View): HTMLElement {
  const { say, records } = view;
  const rows = figuresOf(records);
  const table = dataTable(columnsOf(view), rows.slice(0, most));
  const note = element('p', say('figuresNote'), 'note');
  return section('figures', say('figures'), note, scrolled(say('figures'), table));
}

function columnsOf(view: View): TableColumn<Figures>[] {
  const { words, format, say } = view;
  const engines = new Set(view.records.map(({ engine }) => engine));
  const { operation, volume, engine, downtime, moved, skipped } = words.columns;
  return [
    { title: operation, name: 'operation', content: ({ kind }) => kindWord(view, kind) },
    { title: volume, name: 'volume', content: (each) => each.volume },
    ...(engines.size > 1 ? [{ title: engine, name: 'engine', content: (each: Figures) => each.engine }] : []),
    { title: say('done'), name: 'done', content: (each) => doneWords(each, view) },
    { title: say('last'), name: 'last', content: ({ lastMs }) => orDash(lastMs, format.duration) },
    { title: say('median'), name: 'median', content: ({ medianMs }) => orDash(medianMs, format.duration) },
    { title: say('p95'), name: 'p95', content: ({ p95Ms }) => orDash(p95Ms, format.duration) },
    { title: say('trend'), name: 'trend', content: ({ trend }) => trendText(trend, words, format) },
    {
      title: say('throughput'),
      name: 'throughput',
      content: ({ bytesPerSecond }) => orDash(bytesPerSecond, (rate) => say('perSecond', format.bytes(rate))),
    },
    { title: moved, name: 'moved', content: ({ bytesMoved }) => orDash(bytesMoved, format.bytes) },
    { title: skipped, name: 'skipped', content: ({ bytesSkipped }) => orDash(bytesSkipped, format.bytes) },
    { title: downtime, name: 'downtime', content: ({ downtimeMs }) => orDash(downtimeMs, format.duration) },
  ];
}

function doneWords({ done, others }: Figures, { format, say }: View): string {
  return others === 0 ? format.count(done) : `${format.count(done)} · ${say('others', format.count(others))}`;
}
