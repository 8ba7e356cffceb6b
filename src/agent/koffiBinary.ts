import * as fs from 'node:fs';
import * as path from 'node:path';

/**
 * Stands in for koffi's packages of binaries (esbuild.js): the agent's image holds one binary, beside the bundle; the
 * extension's folder holds one for each architecture.
 */
const places = [
  path.join(__dirname, 'koffi.node'),
  path.join(__dirname, 'native', `linux-${process.arch}`, 'koffi.node'),
];
const found = places.find((file) => fs.existsSync(file));
if (!found) process.stderr.write(`no koffi.node for ${process.arch} at ${places.join(' or ')}\n`);

// eslint-disable-next-line @typescript-eslint/no-require-imports
export = found ? (require(found) as unknown) : null;
