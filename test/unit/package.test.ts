import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, statSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { inflateRawSync } from 'node:zlib';

describe('the packaged extension', function () {
  this.timeout(120_000);
  const folder = mkdtempSync(path.join(tmpdir(), 'vsix-'));
  const vsix = path.join(folder, 'extension.vsix');
  before(() => {
    const copy = path.join(folder, 'copy');
    copySources(copy);
    execFileSync(process.execPath, [path.join(copy, 'scripts', 'package.mjs'), '--out', vsix], { stdio: 'pipe' });
  });
  after(() => rmSync(folder, { recursive: true }));

  it('holds exactly the files of the checked-in list', () => {
    const expected = readFileSync('test/fixtures/vsix-files.txt', 'utf8').trim().split('\n');
    assert.deepEqual([...filesOf(readFileSync(vsix)).keys()].sort(), expected);
  });

  it('has a README without what only works in the repository', () => {
    const readme = filesOf(readFileSync(vsix)).get('extension/readme.md')?.().toString() ?? '';
    assert.match(readme, /^# Volumes for Docker\n\n\*\*Undo/);
    assert.match(readme, /## Good to know/);
    const links = [...readme.matchAll(/\]\(([^)]*)\)/g)].map(([, target]) => target ?? '');
    assert.deepEqual(
      links.filter((target) => !target.startsWith('https://')),
      [],
    );
    assert.doesNotMatch(readme, /!\[|<!--|npm (test|run demo)/);
  });

  it('is smaller than 2 MB', () => {
    assert.ok(statSync(vsix).size < 2e6, `${statSync(vsix).size} bytes`);
  });
});

/** A build of its own: that of the repository is in use by tests that run meanwhile. */
function copySources(to: string): void {
  const left = ['.git', 'dist', 'node_modules', 'out'];
  cpSync('.', to, { recursive: true, filter: (file) => !left.includes(file) });
  symlinkSync(path.resolve('node_modules'), path.join(to, 'node_modules'));
}

/** Files of a zip by name, each read when it is asked for (APPNOTE.TXT, 4.3.7 and 4.3.12). */
function filesOf(zip: Buffer): Map<string, () => Buffer> {
  const end = zip.lastIndexOf(Buffer.from('PK\x05\x06', 'latin1'));
  const files = new Map<string, () => Buffer>();
  let at = zip.readUInt32LE(end + 16);
  for (let left = zip.readUInt16LE(end + 10); left > 0; left--) {
    const [name, extra, comment] = shorts(zip, at + 28, 3) as [number, number, number];
    const [size, local] = [zip.readUInt32LE(at + 20), zip.readUInt32LE(at + 42)];
    const isDeflated = zip.readUInt16LE(at + 10) === 8;
    files.set(zip.toString('utf8', at + 46, at + 46 + name), () => {
      const start = local + 30 + shorts(zip, local + 26, 2).reduce((sum, length) => sum + length);
      const bytes = zip.subarray(start, start + size);
      return isDeflated ? inflateRawSync(bytes) : bytes;
    });
    at += 46 + name + extra + comment;
  }
  return files;
}

function shorts(bytes: Buffer, at: number, count: number): number[] {
  return Array.from({ length: count }, (_, i) => bytes.readUInt16LE(at + 2 * i));
}
