import { chownSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Content } from './content';
import type { Random } from './random';
import type { Size } from './sizes';

/** The database's folder, and its log, which nothing but a running writer touches. */
export const database = 'db/base';
export const writerLog = 'db/writer.log';
export const project = 'project/node_modules';

/** Owner of the database's files, as in the official images. */
const databaseUser = 999;

/** Makes the reference volume in an empty folder. */
export function makeTree(root: string, size: Size, content: Content, random: Random): void {
  makeProject(path.join(root, project), size, content, random);
  makeDatabase(root, size, content, random);
}

function makeProject(folder: string, { small }: Size, content: Content, random: Random): void {
  const bytes = sharesOf(small, 1.8, random);
  mkdirSync(path.join(folder, '.bin'), { recursive: true });
  for (let made = 0, number = 0; made < bytes.length; number++) {
    const name = `package-${String(number).padStart(4, '0')}`;
    const files = Math.min(bytes.length - made, random.between(3, 40));
    makePackage(path.join(folder, name), bytes.slice(made, made + files), content, random);
    if (number % 8 === 0) symlinkSync(`../${name}/index.js`, path.join(folder, '.bin', name));
    made += files;
  }
}

function makePackage(folder: string, bytes: number[], content: Content, random: Random): void {
  const folders = ['', 'lib', 'dist', 'dist/types', 'src'].slice(0, 1 + Math.ceil(bytes.length / 8));
  for (const inner of folders) mkdirSync(path.join(folder, inner), { recursive: true });
  bytes.forEach((length, index) => {
    const name = index === 0 ? 'index.js' : `${random.pick(folders)}/module-${index}.js`;
    writeFileSync(path.join(folder, name), content.document(random, length));
  });
}

function makeDatabase(root: string, { large }: Size, content: Content, random: Random): void {
  mkdirSync(path.join(root, database), { recursive: true });
  sharesOf(large, 0.4, random).forEach((length, index) => {
    const file = path.join(root, database, String(16_384 + index));
    writeFileSync(file, content.pages(random, length), { mode: 0o600 });
    chownSync(file, databaseUser, databaseUser);
  });
  writeFileSync(path.join(root, writerLog), '');
}

/** Log-normal sizes, as those of real trees are: most files small, a few large. They add up to `bytes`. */
function sharesOf({ files, bytes }: { files: number; bytes: number }, spread: number, random: Random): number[] {
  const weights = Array.from({ length: files }, () => Math.exp(spread * normal(random)));
  const sum = weights.reduce((a, b) => a + b, 0);
  return weights.map((weight) => Math.max(1, Math.round((weight / sum) * bytes)));
}

/** Box–Muller, cut at three sigma: a single giant would decide the measurement. */
function normal(random: Random): number {
  const value = Math.sqrt(-2 * Math.log(1 - random.next())) * Math.cos(2 * Math.PI * random.next());
  return Math.max(-3, Math.min(3, value));
}
