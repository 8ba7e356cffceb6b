import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

describe('the packaged extension', function () {
  this.timeout(120_000);
  const folder = mkdtempSync(path.join(tmpdir(), 'vsix-'));
  const vsix = path.join(folder, 'extension.vsix');
  before(() => execFileSync(process.execPath, ['scripts/package.mjs', '--out', vsix], { stdio: 'pipe' }));
  after(() => rmSync(folder, { recursive: true }));

  it('holds exactly the files of the checked-in list', () => {
    const expected = readFileSync('test/fixtures/vsix-files.txt', 'utf8').trim().split('\n');
    assert.deepEqual(filesOf(readFileSync(vsix)), expected);
  });

  it('is smaller than 2 MB', () => {
    assert.ok(statSync(vsix).size < 2e6, `${statSync(vsix).size} bytes`);
  });
});

/** File names of a zip's central directory, sorted (APPNOTE.TXT, 4.3.12). */
function filesOf(zip: Buffer): string[] {
  const end = zip.lastIndexOf(Buffer.from('PK\x05\x06', 'latin1'));
  const names: string[] = [];
  let at = zip.readUInt32LE(end + 16);
  for (let left = zip.readUInt16LE(end + 10); left > 0; left--) {
    const [name, extra, comment] = [28, 30, 32].map((offset) => zip.readUInt16LE(at + offset)) as [
      number,
      number,
      number,
    ];
    names.push(zip.toString('utf8', at + 46, at + 46 + name));
    at += 46 + name + extra + comment;
  }
  return names.sort();
}
