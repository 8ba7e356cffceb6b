import { isDeepStrictEqual } from 'node:util';
import { isMap, isPair, isScalar, isSeq, parseDocument, type Node, type YAMLMap, type YAMLSeq } from 'yaml';

/** A volume that a service of a Compose file is to have. */
export interface ComposeVolume {
  service: string;
  /** What the file calls it. */
  key: string;
  /** What the engine calls it, where that is not made of the project's name and the key. */
  name?: string;
  /** Where the service sees it. */
  path: string;
}

/**
 * The text of a Compose file with that volume: some lines more, and not a character else. Undefined where the file does not say what
 * the service is (another one may, or it does by an alias), has a volume of that key, or is written in a way that is not understood.
 */
export function withVolume(text: string, volume: ComposeVolume): string | undefined {
  const document = parseDocument(text);
  if (document.errors.length > 0 || !isMap(document.contents)) return undefined;
  const service = document.getIn(['services', volume.service], true);
  if (!isMap(service) || service.items.some(isMerge)) return undefined;
  const editor = new Editor(text);
  const isEdited =
    addMount(editor, service, `${volume.key}:${volume.path}`, volume.path) &&
    declare(editor, document.contents, volume.key, volume.name);
  const after = isEdited ? editor.text() : undefined;
  return after !== undefined && isAsWanted(text, after, volume) ? after : undefined;
}

function addMount(editor: Editor, service: YAMLMap, entry: string, path: string): boolean {
  const mounts = service.get('volumes', true);
  if (isSeq(mounts)) {
    const same = (mounts.items as Node[]).find((item) => targetOf(item) === path);
    if (same) editor.replace(same, entry);
    else editor.addItem(mounts, entry);
    return true;
  }
  return isMissing(mounts) && editor.addPair(service, 'volumes', { item: entry });
}

function declare(editor: Editor, file: YAMLMap, key: string, name: string | undefined): boolean {
  const volumes = file.get('volumes', true);
  const value: Value = name === undefined ? {} : { pair: { key: 'name', value: name } };
  if (isMap(volumes)) return !volumes.has(key) && editor.addPair(volumes, key, value);
  return isMissing(volumes) && editor.addPair(file, 'volumes', { pair: { key, value } });
}

/** `volumes:` with nothing behind it is nothing, too. */
function isMissing(node: unknown): boolean {
  return node === undefined || (isScalar(node) && node.value === null);
}

/** What it merges may have volumes of its own, which a list here would replace. */
function isMerge(item: unknown): boolean {
  return isPair(item) && isScalar(item.key) && item.key.value === '<<';
}

/** Where a mount is seen: of `/data`, `db:/data:ro`, or the long form. */
function targetOf(item: Node): string | undefined {
  if (isMap(item)) {
    const target = item.get('target');
    return typeof target === 'string' ? target : undefined;
  }
  if (!isScalar(item) || typeof item.value !== 'string') return undefined;
  const [first = '', second] = item.value.split(':');
  return second ?? first;
}

/** What stands behind a key: a list of one, a map of one, or nothing. */
interface Value {
  item?: string;
  pair?: { key: string; value: string | Value };
}

/** Changes of a text at places that its nodes tell; they are made from its end, and of one place the first comes first. */
class Editor {
  private readonly changes: { from: number; to: number; put: string }[] = [];
  private readonly newLine: string;

  constructor(private readonly original: string) {
    this.newLine = original.includes('\r\n') ? '\r\n' : '\n';
  }

  text(): string {
    return this.changes
      .toReversed()
      .toSorted((a, b) => b.from - a.from)
      .reduce((text, { from, to, put }) => text.slice(0, from) + put + text.slice(to), this.original);
  }

  replace(node: Node, put: string): void {
    const [from] = node.range!;
    this.changes.push({
      from,
      to: this.endOf(node),
      put: this.original[from] === '"' || (isMap(node) && node.flow) ? JSON.stringify(put) : put,
    });
  }

  addItem(list: YAMLSeq, put: string): void {
    const last = list.items.at(-1) as Node | undefined;
    if (list.flow || !last) return this.insertInFlow(list, last, JSON.stringify(put));
    const line = this.original.lastIndexOf('\n', last.range![0] - 1) + 1;
    const [indent = ''] = /^ *(?=-)/.exec(this.original.slice(line)) ?? [];
    this.insertLines(this.endOf(last), [`${indent}- ${put}`]);
  }

  addPair(map: YAMLMap, key: string, value: Value): boolean {
    const last = map.items.at(-1);
    const there = map.items.find((item) => isScalar(item.key) && item.key.value === key);
    if (map.flow || !last) {
      if (there) return false;
      this.insertInFlow(map, last?.value as Node | undefined, `${JSON.stringify(key)}: ${inFlow(value)}`);
      return true;
    }
    const first = (map.items[0]!.key as Node).range![0];
    const indent = ' '.repeat(first - (this.original.lastIndexOf('\n', first - 1) + 1));
    const lines = inBlock(value, `${indent}  `);
    if (there) this.insertLines((there.key as Node).range![1], lines);
    else this.insertLines(this.endOf((last.value ?? last.key) as Node), [`${indent}${key}:`, ...lines]);
    return true;
  }

  private insertInFlow(around: Node, after: Node | undefined, put: string): void {
    const at = after ? this.endOf(after) : around.range![0] + 1;
    this.changes.push({ from: at, to: at, put: after ? `, ${put}` : put });
  }

  /** After the line of that place, which may end with a comment. */
  private insertLines(place: number, lines: readonly string[]): void {
    const found = this.original.indexOf('\n', place);
    const end = found < 0 ? this.original.length : found - (this.original[found - 1] === '\r' ? 1 : 0);
    this.changes.push({ from: end, to: end, put: lines.map((line) => this.newLine + line).join('') });
  }

  /** Of its text, without the space behind it. */
  private endOf(node: Node): number {
    const [from, end] = node.range!;
    return from + this.original.slice(from, end).trimEnd().length;
  }
}

function inBlock({ item, pair }: Value, indent: string): string[] {
  if (item !== undefined) return [`${indent}- ${item}`];
  if (!pair) return [];
  const { key, value } = pair;
  if (typeof value === 'string') return [`${indent}${key}: ${value}`];
  return [`${indent}${key}:`, ...inBlock(value, `${indent}  `)];
}

function inFlow({ item, pair }: Value): string {
  if (item !== undefined) return JSON.stringify([item]);
  if (!pair) return 'null';
  const { key, value } = pair;
  return `{${JSON.stringify(key)}: ${typeof value === 'string' ? JSON.stringify(value) : inFlow(value)}}`;
}

interface File {
  services: Record<string, { volumes?: unknown[] | null }>;
  volumes?: Record<string, unknown> | null;
}

/** Whatever was made of the text: it has to mean what it meant, and the volume. */
function isAsWanted(before: string, after: string, { service, key, name, path }: ComposeVolume): boolean {
  const wanted = parseDocument(before).toJS() as File;
  const edited = parseDocument(after);
  const mounts = wanted.services[service]!;
  const all = mounts.volumes ?? [];
  const at = all.findIndex((each) => targetIn(each) === path);
  mounts.volumes = at < 0 ? [...all, `${key}:${path}`] : all.with(at, `${key}:${path}`);
  wanted.volumes = { ...wanted.volumes, [key]: name === undefined ? null : { name } };
  return edited.errors.length === 0 && isDeepStrictEqual(edited.toJS(), wanted);
}

function targetIn(mount: unknown): unknown {
  if (typeof mount !== 'string') return (mount as { target?: unknown }).target;
  const [first, second] = mount.split(':');
  return second ?? first;
}
