import type { TimingRecord } from '../../core/timings/record';
import { columns, type Column } from '../../core/timings/pageTexts';
import { button, element, scrolled, section } from '../dom';
import { amount, kindWord, orDash, phaseWord, type View } from '../view';
import { dataTable, type TableColumn } from './dataTable';
import { phaseBar } from './phaseBar';

/** How many are listed at first. */
export const pageSize = 50;

/** Every operation with its phases, newest first. */
export function operationsSection(view: View): HTMLElement {
  const { records, say, rows: shown } = view;
  const table = dataTable(
    columnsFor(view).map((column) => columnOf(column, view)),
    records.slice(0, shown),
    (row, record) => {
      row.dataset['outcome'] = record.outcome;
      row.dataset['id'] = record.id;
    },
  );
  const made = section('operations', say('operations'), scrolled(say('region'), table));
  if (records.length > shown) {
    made.append(button(say('more'), () => showMore(made, view), 'more'));
  }
  return made;
}

/** The button may be gone then: the focus goes on to the first of the new rows. */
function showMore(section: HTMLElement, view: View): void {
  const rows = view.rows * 2;
  view.showRows(rows);
  const more = operationsSection({ ...view, rows });
  section.replaceWith(more);
  const first = more.querySelectorAll<HTMLElement>('tbody tr')[view.rows];
  if (!first) return;
  first.tabIndex = -1;
  first.focus();
}

/** What is the same in all rows is no column. */
function columnsFor({ all }: View): Column[] {
  const hasSome = {
    engine: new Set(all.map(({ engine }) => engine)).size > 1,
    destination: all.some(({ destination }) => destination),
    expected: all.some(({ expectedMs }) => expectedMs !== undefined),
  };
  return columns.filter((column) => !(column in hasSome) || hasSome[column as keyof typeof hasSome]);
}

function columnOf(column: Column, view: View): TableColumn<TimingRecord> {
  const { words, format } = view;
  const made = { title: words.columns[column], name: column };
  switch (column) {
    case 'when':
      return {
        ...made,
        content: ({ startedAt }) => format.moment(new Date(startedAt), new Date()),
        hint: ({ startedAt }) => format.time(new Date(startedAt)),
      };
    case 'operation':
      return { ...made, content: ({ kind }) => kindWord(view, kind) };
    case 'volume':
    case 'engine':
      return { ...made, content: (record) => record[column] || '–' };
    case 'destination':
      return { ...made, content: ({ destination }) => destination?.name ?? '–' };
    case 'total':
      return { ...made, content: ({ totalMs }) => format.duration(totalMs) };
    case 'expected':
      return { ...made, content: ({ expectedMs }) => orDash(expectedMs, format.duration) };
    case 'downtime':
      return { ...made, content: ({ downtimeMs }) => orDash(downtimeMs, format.duration) };
    case 'moved':
      return { ...made, content: ({ bytesMoved, filesMoved }) => amount(view, bytesMoved, filesMoved) };
    case 'skipped':
      return { ...made, content: ({ bytesSkipped, filesSkipped }) => amount(view, bytesSkipped, filesSkipped) };
    case 'outcome':
      return { ...made, content: (record) => outcomeOf(record, view) };
    case 'phases':
      return { ...made, content: ({ phases }) => phaseBar(phases, words, format) };
  }
}

/** `failed at “Copying”: the disk of the engine was too full` */
function outcomeOf({ outcome, failure, failedIn }: TimingRecord, view: View): (Node | string)[] {
  const { words, say } = view;
  const how =
    failedIn === undefined ? (words.outcomes[outcome] ?? outcome) : say('failedIn', phaseWord(view, failedIn));
  if (failure === undefined) return [how];
  return [`${how}: `, element('span', words.failures[failure] ?? failure, 'why')];
}
