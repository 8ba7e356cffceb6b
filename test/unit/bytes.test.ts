import * as assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { displayName, fsPath } from '../../src/core/bytes';

describe('a name of bytes', () => {
  it('reaches the file system exactly as it is', () => {
    fc.assert(
      fc.property(fc.uint8Array(), (bytes) => {
        const path = fsPath(Buffer.from(bytes).toString('latin1'));
        assert.deepEqual(Buffer.from(path as string), Buffer.from(bytes));
      }),
    );
  });

  it('is shown as readable text, with nothing that could fake or break it', () => {
    const shown = (bytes: string | Buffer) => displayName(Buffer.from(bytes).toString('latin1'));
    assert.equal(shown('größe.txt'), 'größe.txt');
    assert.equal(shown(Buffer.from([0xff, 0xfe])), '\\xff\\xfe');
    assert.equal(shown('a\nb\x1b[31m'), 'a\\x0ab\\x1b[31m');
    assert.equal(shown('\u202egnp.exe'), '\\u{202e}gnp.exe');
  });
});
