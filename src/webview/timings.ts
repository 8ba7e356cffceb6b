import type { TimingRecord } from '../core/timings/record';
import { createFormat } from '../core/format';
import {
  columns,
  parseExtensionMessage,
  type Column,
  type PageWords,
  type RecordsMessage,
} from '../core/timings/pageMessages';
import { phaseBar } from './phaseBar';

interface VsCodeApi {
  postMessage(message: unknown): void;
  setState(state: unknown): void;
}

declare function acquireVsCodeApi(): VsCodeApi;

const pageSize = 200;
const format = createFormat(document.documentElement.lang);

/** Draws the table anew. Everything that is shown is set as text, so that no name can be markup. */
function draw({ records, words }: RecordsMessage, shown = pageSize): void {
  const main = document.querySelector('main');
  if (!main) return;
  if (records.length === 0) {
    main.replaceChildren(element('p', words.empty));
    return;
  }
  const table = element('table');
  table.createTHead().append(headRow(words));
  table.createTBody().append(...records.slice(0, shown).map((record) => recordRow(record, words)));
  const region = element('div');
  region.className = 'table';
  region.tabIndex = 0; // so that the arrow keys scroll it
  region.setAttribute('role', 'region');
  region.setAttribute('aria-label', words.region);
  region.append(table);
  main.replaceChildren(region);
  if (records.length > shown)
    main.append(moreButton(words.more, () => draw({ type: 'records', records, words }, shown * 2)));
}

function headRow(words: PageWords): HTMLTableRowElement {
  const row = element('tr');
  for (const column of columns) {
    const cell = element('th', words.columns[column]);
    cell.scope = 'col';
    cell.className = column;
    row.append(cell);
  }
  return row;
}

function recordRow(record: TimingRecord, words: PageWords): HTMLTableRowElement {
  const row = element('tr');
  row.dataset['outcome'] = record.outcome;
  row.dataset['id'] = record.id;
  for (const column of columns) {
    const cell = element(column === 'when' ? 'th' : 'td');
    if (column === 'when') cell.scope = 'row';
    cell.className = column;
    cell.append(...contentOf(column, record, words));
    if (column === 'when') cell.title = format.time(new Date(record.startedAt));
    else if (column !== 'phases') cell.title = cell.textContent;
    row.append(cell);
  }
  return row;
}

function contentOf(column: Column, record: TimingRecord, words: PageWords): (Node | string)[] {
  switch (column) {
    case 'when':
      return [format.moment(new Date(record.startedAt), new Date())];
    case 'operation':
      return [words.kinds[record.kind] ?? record.kind];
    case 'volume':
      return [record.volume];
    case 'engine':
      return [record.engine];
    case 'total':
      return [format.duration(record.totalMs)];
    case 'downtime':
      return [record.downtimeMs > 0 ? format.duration(record.downtimeMs) : '–'];
    case 'moved':
      return [amount(record.bytesMoved, record.filesMoved, words)];
    case 'skipped':
      return [amount(record.bytesSkipped, record.filesSkipped, words)];
    case 'outcome':
      return outcomeOf(record, words);
    case 'phases':
      return phaseBar(record.phases, words, format);
  }
}

/** `failed at “Copying”: the disk of the engine was too full` */
function outcomeOf({ outcome, failure, failedIn }: TimingRecord, words: PageWords): (Node | string)[] {
  const phase = failedIn === undefined ? undefined : (words.phases[failedIn] ?? failedIn);
  const how = phase === undefined ? (words.outcomes[outcome] ?? outcome) : words.failedIn.replace('{0}', () => phase);
  if (failure === undefined) return [how];
  const why = element('span', words.failures[failure] ?? failure);
  why.className = 'why';
  return [`${how}: `, why];
}

function amount(bytes: number, files: number, words: PageWords): string {
  if (bytes === 0 && files === 0) return '–';
  const count = files === 1 ? words.oneFile : words.files.replace('{0}', format.count(files));
  return `${format.bytes(bytes)} · ${count}`;
}

function moreButton(text: string, onClick: () => void): HTMLButtonElement {
  const button = element('button', text);
  button.addEventListener('click', onClick);
  return button;
}

function element<K extends keyof HTMLElementTagNameMap>(name: K, text = ''): HTMLElementTagNameMap[K] {
  const made = document.createElement(name);
  made.textContent = text;
  return made;
}

const vscode = acquireVsCodeApi();
window.addEventListener('message', (event: MessageEvent<unknown>) => {
  const message = parseExtensionMessage(event.data);
  if (message) draw(message);
});
vscode.setState({}); // there is a page to restore after a reload
vscode.postMessage({ type: 'ready' });
