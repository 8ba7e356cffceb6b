// @ts-check
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';

const repositoryOnly = /<!-- repository -->[^]*?<!-- \/repository -->\n?/g;
const comment = /<!--[^]*?-->\n?/g;

/**
 * Writes the README that the VSIX has: the page of an installed extension shows neither pictures nor other files of the
 * repository, and there nobody runs its scripts. What needs them stands between `<!-- repository -->` comments.
 * @param {string} root
 * @returns {string} the file, relative to `root`
 */
export function writePackagedReadme(root) {
  const text = readFileSync(path.join(root, 'README.md'), 'utf8');
  const file = path.join('dist', 'README.md');
  writeFileSync(
    path.join(root, file),
    text
      .replace(repositoryOnly, '')
      .replace(comment, '')
      .replace(/\n{3,}/g, '\n\n'),
  );
  return file;
}
