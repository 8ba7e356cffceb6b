// @ts-check
import { closeSync, openSync, readSync, writeFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/**
 * A module around the tests for VS Code to load. It leaves a mark on disk when they start and when they have passed, and
 * writes what they print to a file: that is there even when the extension host dies, and free of the workbench's own noise.
 * @param {string} folder
 * @param {string} testsPath
 */
export async function writeTestShim(folder, testsPath) {
  const files = {
    shim: join(folder, 'shim.cjs'),
    started: join(folder, 'started'),
    finished: join(folder, 'finished'),
    output: join(folder, 'output'),
  };
  writeFileSync(files.output, '');
  await writeFile(files.shim, `(${shim})(exports, ${JSON.stringify({ ...files, testsPath })});\n`);
  return files;
}

/**
 * Runs in the extension host: its source text is all that gets there.
 * @param {{ run?: () => Promise<void> }} exports
 * @param {{ started: string, finished: string, output: string, testsPath: string }} files
 */
function shim(exports, { started, finished, output, testsPath }) {
  const fs = require('node:fs');
  const { format } = require('node:util');
  exports.run = async () => {
    fs.writeFileSync(started, '');
    // Before the tests are loaded: mocha keeps the console.log it finds. VS Code has made an assignment have no effect.
    const value = (/** @type {unknown[]} */ ...args) => fs.appendFileSync(output, `${format(...args)}\n`);
    for (const method of ['log', 'info', 'warn', 'error']) {
      Object.defineProperty(console, method, { value, writable: true });
    }
    await require(testsPath).run();
    fs.writeFileSync(finished, '');
  };
}

/**
 * Copies a growing file to stdout.
 * @param {string} file
 * @returns {() => void} prints the rest and stops
 */
export function follow(file) {
  const descriptor = openSync(file, 'r');
  const buffer = Buffer.alloc(65_536);
  const copy = () => {
    for (let bytes; (bytes = readSync(descriptor, buffer)) > 0;) {
      process.stdout.write(Buffer.from(buffer.subarray(0, bytes)));
    }
  };
  const timer = setInterval(copy, 100);
  return () => {
    clearInterval(timer);
    copy();
    closeSync(descriptor);
  };
}
