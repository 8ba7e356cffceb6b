import {
  missionKinds,
  storageKinds,
  timesByStorage,
  timesByVolume,
  type MissionTimes,
  type VolumeTimes,
} from '../../core/timings/figures/missionTimes';
import { element, scrolled, section } from '../dom';
import { kindWord, type View } from '../view';
import { dataTable, type TableColumn } from './dataTable';

const most = 200;

/** The times that people wait for most, beside each other: of each volume, and of each kind of storage. */
export function sideBySideSection(view: View): HTMLElement {
  const { say, words } = view;
  const rows = timesByVolume(view.records).slice(0, most);
  const { volume, engine } = words.columns;
  const hasEngines = new Set(rows.map((each) => each.engine)).size > 1;
  const byVolume = dataTable<VolumeTimes>(
    [
      { title: volume, name: 'volume', content: (each) => each.volume },
      ...(hasEngines ? [{ title: engine, name: 'engine', content: (each: VolumeTimes) => each.engine }] : []),
      ...timeColumns<VolumeTimes>(view),
    ],
    rows,
  );
  const times = timesByStorage(view.records);
  const byStorage = dataTable(
    [
      { title: say('storage'), name: 'storage', content: ({ storage }) => words.storages[storage] ?? storage },
      ...timeColumns(view),
    ],
    storageKinds.map((storage) => ({ storage, times: times[storage] })),
  );
  const note = element('p', say('sideBySideNote'), 'note');
  return section(
    'side-by-side',
    say('sideBySide'),
    note,
    scrolled(say('byStorage'), byStorage),
    scrolled(say('byVolume'), byVolume),
  );
}

function timeColumns<T extends { times: MissionTimes }>(view: View): TableColumn<T>[] {
  const { format, say } = view;
  return missionKinds.map((kind) => ({
    title: kindWord(view, kind),
    name: kind,
    content: ({ times }) => (times[kind] ? format.duration(times[kind].ms) : '–'),
    hint: ({ times }) => (times[kind] ? say('ofSome', format.count(times[kind].done)) : ''),
  }));
}
