import type { Bucket } from '../../core/analysis/analysis';
import type { Differences, Sum } from '../../core/analysis/differences';
import type { Sized } from '../../core/analysis/totals';
import type { AnalysisMessage, AnalysisSubject } from '../../core/timings/pageMessages';
import { button, element, scrolled, section, select, setOptions } from '../dom';
import { amount, type View } from '../view';
import { dataTable, type TableColumn } from './dataTable';

/** What a volume is made of, and what has changed most in it since another of its snapshots. */
export function analysisSection(message: AnalysisMessage, view: View): HTMLElement {
  const { of, analysis } = message;
  const { say, format } = view;
  const { files, folders, bytes, differences } = analysis;
  const made = section('analysis', say('analysis', of.volume), chooser(message, view));
  made.append(
    element('p', say('holds', format.bytes(bytes), format.count(files), format.count(folders))),
    grid([
      titled(say('folders'), sizes(analysis.largestFolders, bytes, view)),
      titled(say('filesList'), sizes(analysis.largestFiles, bytes, view)),
      titled(say('bySize'), buckets(analysis.bySize, 'size', view)),
      titled(say('byAge'), buckets(analysis.byAge, 'age', view)),
    ]),
  );
  if (differences) made.append(...changes(differences, view));
  return made;
}

/** What is chosen and not yet asked for, by the analysis that it was chosen at: it outlasts the page's being drawn anew. */
const pending = new WeakMap<AnalysisMessage, AnalysisSubject>();

/** Which snapshot, and what it is compared with; a button asks for it. */
function chooser(shown: AnalysisMessage, { snapshots, say, format, analyse }: View): HTMLElement {
  const { volume } = shown.of;
  const own = snapshots.filter((each) => each.volume === volume).sort((a, b) => (a.time < b.time ? 1 : -1));
  const options = own.map(({ id, time }) => [id, format.time(new Date(time))] as [string, string]);
  const chosen = (): AnalysisSubject => ({
    volume,
    ...(snapshot.box.value && { snapshot: snapshot.box.value }),
    ...(since.box.value && { since: since.box.value }),
  });
  const keep = () => pending.set(shown, chosen());
  const of = pending.get(shown) ?? shown.of;
  const snapshot = select(say('analysisOf'), keep);
  setOptions(snapshot.box, [['', say('asItIs')], ...options], of.snapshot ?? '');
  const since = select(say('comparedWith'), keep);
  setOptions(since.box, [['', say('nothing')], ...options], of.since ?? '');
  const ask = button(say('analyse'), () => {
    const asked = chosen();
    // Should it fail, the page is drawn anew with what is shown.
    pending.delete(shown);
    analyse(asked);
  });
  const bar = element('div', '', 'filters');
  bar.append(snapshot.root, since.root, ask);
  return bar;
}

function changes({ added, changed, removed, folders, files }: Differences, view: View): HTMLElement[] {
  const { say, words, format } = view;
  const sum = (each: Sum) => amount(view, each.bytes, each.files);
  const total = added.bytes + changed.bytes + removed.bytes;
  const list = dataTable(
    [
      { title: say('path'), name: 'path', content: ({ path }) => path },
      { title: say('how'), name: 'how', content: ({ how }) => words.changes[how] ?? how },
      { title: say('size'), name: 'size', content: ({ bytes }) => format.bytes(bytes) },
    ],
    files,
  );
  return [
    element('h3', say('changedMost')),
    element('p', say('changes', sum(added), sum(changed), sum(removed))),
    grid([titled(say('folders'), sizes(folders, total, view)), titled(say('filesList'), list)]),
  ];
}

function sizes(all: readonly Sized[], total: number, { say, format }: View): HTMLTableElement {
  const columns: TableColumn<Sized>[] = [
    { title: say('path'), name: 'path', content: ({ path }) => path },
    { title: say('size'), name: 'size', content: ({ bytes }) => format.bytes(bytes) },
    { title: say('share'), name: 'share', content: ({ bytes }) => (total > 0 ? format.percent(bytes / total) : '–') },
    { title: say('filesTitle'), name: 'files', content: ({ files }) => format.count(files) },
  ];
  return dataTable(columns, all);
}

function buckets(all: readonly Bucket[], by: 'size' | 'age', { say, format }: View): HTMLTableElement {
  const limit = by === 'size' ? format.bytes : format.count;
  const words = ({ below }: Bucket): string => {
    const above = all[all.findIndex((each) => each.below === below) - 1]?.below;
    if (below === undefined) return say(by === 'size' ? 'sizeAbove' : 'olderThan', limit(above ?? 0));
    if (above === undefined) return say(by === 'size' ? 'sizeBelow' : 'youngerThan', limit(below));
    return say(by === 'size' ? 'sizeBetween' : 'ageBetween', limit(above), limit(below));
  };
  return dataTable<Bucket>(
    [
      { title: say(by === 'size' ? 'bySize' : 'byAge'), name: 'bucket', content: words },
      { title: say('filesTitle'), name: 'files', content: ({ files }) => format.count(files) },
      { title: say('size'), name: 'size', content: ({ bytes }) => format.bytes(bytes) },
    ],
    all,
  );
}

function titled(title: string, table: HTMLTableElement): HTMLElement {
  const made = element('div');
  made.append(element('h4', title), scrolled(title, table));
  return made;
}

function grid(parts: readonly HTMLElement[]): HTMLElement {
  const made = element('div', '', 'pictures');
  made.append(...parts);
  return made;
}
