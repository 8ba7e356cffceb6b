import { element } from '../dom';

export interface TableColumn<T> {
  title: string;
  /** Also the class of its cells. */
  name: string;
  content: (row: T) => string | (Node | string)[];
  /** More of it than the column has room for. */
  hint?: (row: T) => string;
}

/** One of plain text, which can also be said. */
export interface TextColumn<T> extends TableColumn<T> {
  content: (row: T) => string;
}

/** All of a row in one line: `Volume: db · Moved: 5 MB` */
export function spoken<T>(columns: readonly TextColumn<T>[], row: T): string {
  return columns.map(({ title, content }) => `${title}: ${content(row)}`).join(' · ');
}

/** The first column says what a row is of. */
export function dataTable<T>(
  columns: readonly TableColumn<T>[],
  rows: readonly T[],
  mark?: (row: HTMLTableRowElement, of: T) => void,
): HTMLTableElement {
  const table = element('table');
  const head = element('tr');
  for (const { title, name } of columns) {
    const cell = element('th', title, name);
    cell.scope = 'col';
    head.append(cell);
  }
  table.createTHead().append(head);
  table.createTBody().append(...rows.map((row) => rowOf(columns, row, mark)));
  return table;
}

function rowOf<T>(
  columns: readonly TableColumn<T>[],
  of: T,
  mark?: (row: HTMLTableRowElement, of: T) => void,
): HTMLTableRowElement {
  const row = element('tr');
  for (const [i, { name, content, hint }] of columns.entries()) {
    const cell = element(i === 0 ? 'th' : 'td', '', name);
    if (i === 0) cell.scope = 'row';
    const shown = content(of);
    cell.append(...(typeof shown === 'string' ? [shown] : shown));
    const more = hint ? hint(of) : typeof shown === 'string' ? shown : '';
    if (more) cell.title = more;
    row.append(cell);
  }
  mark?.(row, of);
  return row;
}
