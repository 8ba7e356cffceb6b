import {
  closeSync,
  openSync,
  readdirSync,
  renameSync,
  statSync,
  truncateSync,
  unlinkSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import path from 'node:path';
import { pageSize, type Content } from './content';
import type { Random } from './random';
import type { Size } from './sizes';
import { database, project } from './tree';

/** What a change touched; the same for the same volume and number. */
export interface Changed {
  files: number;
  bytes: number;
}

/** One part in fifty of a large file's pages is written: a database's way to change. */
const pagesWritten = 1 / 50;

/** Changes the volume as a day's work would: files rewritten, replaced, truncated, removed, added; pages overwritten. */
export function changeTree(root: string, { change }: Size, content: Content, random: Random, number: number): Changed {
  const small = random.shuffled(filesBelow(path.join(root, project)));
  const rewritten = small.splice(0, change.rewritten);
  rewritten.forEach((file, index) => rewrite(file, content.document(random, sizeOf(file) + (index % 3)), index));
  const removed = small.splice(0, change.removed);
  removed.forEach((file) => unlinkSync(file));
  const added = small.slice(0, change.added).map((file) => path.join(path.dirname(file), `added-${number}.js`));
  added.forEach((file) => writeFileSync(file, content.document(random, random.between(200, 20_000))));

  const large = takeBytes(random.shuffled(filesBelow(path.join(root, database))), change.largeBytes);
  large.forEach((file) => overwritePages(file, content, random));

  const written = [...rewritten, ...new Set(added), ...large];
  return {
    files: written.length + removed.length,
    bytes: written.reduce((sum, file) => sum + sizeOf(file), 0),
  };
}

/** Editors write in place, package managers write a new file and rename it, loggers truncate. */
function rewrite(file: string, content: Buffer, index: number): void {
  if (index % 3 === 0) {
    writeFileSync(`${file}.new`, content);
    renameSync(`${file}.new`, file);
    return;
  }
  writeFileSync(file, content, { flag: 'r+' });
  if (index % 3 === 1) truncateSync(file, content.length - 1);
}

function overwritePages(file: string, content: Content, random: Random): void {
  const pages = Math.floor(sizeOf(file) / pageSize);
  const handle = openSync(file, 'r+');
  try {
    for (let left = Math.ceil(pages * pagesWritten); left > 0; left--) {
      writeSync(handle, content.pages(random, pageSize), 0, pageSize, random.between(0, pages) * pageSize);
    }
  } finally {
    closeSync(handle);
  }
}

function takeBytes(files: string[], bytes: number): string[] {
  const taken: string[] = [];
  for (let sum = 0; sum < bytes && files.length > 0; sum += sizeOf(taken.at(-1)!)) taken.push(files.pop()!);
  return taken;
}

/** In an order that does not depend on the file system. */
function filesBelow(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .flatMap((entry) => (entry.isFile() ? [path.join(entry.parentPath, entry.name)] : []))
    .sort();
}

const sizeOf = (file: string) => statSync(file).size;
