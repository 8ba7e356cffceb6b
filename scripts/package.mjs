// @ts-check
// `npm run package`: builds for production and packs the VSIX. `--out FILE` names it.
import { execFileSync } from 'node:child_process';
import { readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { addNativeBinaries } from './koffi-native.mjs';
import { writePackagedReadme } from './packaged-readme.mjs';

const root = path.resolve(import.meta.dirname, '..');
const { name, version } = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8'));
const asked = process.argv.indexOf('--out');
const out = asked < 0 ? path.join(root, `${name}-${version}.vsix`) : path.resolve(process.argv[asked + 1] ?? '');

const run = (/** @type {string[]} */ ...args) => execFileSync(process.execPath, args, { cwd: root, stdio: 'inherit' });

run('esbuild.js', '--production');
await addNativeBinaries(root);
const readme = writePackagedReadme(root);
run(
  'node_modules/@vscode/vsce/vsce',
  'package',
  '--no-dependencies',
  '--skip-license',
  '--no-rewrite-relative-links',
  '--readme-path',
  readme,
  '--out',
  out,
);
console.log(`${path.basename(out)}: ${(statSync(out).size / 1e6).toFixed(2)} MB`);
