import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { isFailure } from '../../src/core/failure';
import { Folder } from '../../src/destinations/folder';
import { partialPrefix } from '../../src/destinations/newFile';
import { never } from '../fixtures/engine';
import { conforms } from './conformance';

describe('a folder as a destination', () => {
  let folder: string;
  beforeEach(() => void (folder = fs.mkdtempSync(path.join(os.tmpdir(), 'folder-'))));
  afterEach(() => fs.rmSync(folder, { recursive: true }));

  conforms({
    make: async () => new Folder(folder),
    everything: async () => fs.readdirSync(folder),
    largeBytes: 5_000_000,
  });

  it('that is not there is neither written to nor listed as an empty one', async () => {
    const nowhere = new Folder(path.join(folder, 'nowhere'));
    await assert.rejects(nowhere.create('a', never), (error) => isFailure(error, 'destinationNotWritable'));
    await assert.rejects(nowhere.list(never).next(), (error) => isFailure(error, 'destinationNotReached'));
    await assert.rejects(nowhere.removeLeftovers(new Date(), never), (e) => isFailure(e, 'destinationNotReached'));
  });

  it('that is full says so, and keeps what it had', async () => {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', folder]);
    try {
      fs.writeFileSync(path.join(folder, 'file'), 'older');
      const full = (async () => {
        await using upload = await new Folder(folder).create('file', never);
        for (let n = 0; n < 20; n++) await upload.write(Buffer.alloc(100_000));
      })();
      await assert.rejects(full, (error) => isFailure(error, 'destinationFull'));
      assert.deepEqual(fs.readdirSync(folder), ['file']);
      assert.equal(fs.readFileSync(path.join(folder, 'file'), 'utf8'), 'older');
    } finally {
      execFileSync('umount', [folder]);
    }
  });

  it('loses what a killed upload left, and nothing that is still written to', async () => {
    const cut = path.join(folder, `${partialPrefix}cut.partial`);
    fs.writeFileSync(cut, 'cut short');
    fs.utimesSync(cut, 1_000, 1_000);
    fs.writeFileSync(path.join(folder, 'kept'), '');
    fs.utimesSync(path.join(folder, 'kept'), 1_000, 1_000);
    await using upload = await new Folder(folder).create('new', never);
    await new Folder(folder).removeLeftovers(new Date(Date.now() - 60_000), never);
    assert.equal(fs.existsSync(cut), false);
    await upload.keep();
    assert.deepEqual(fs.readdirSync(folder).sort(), ['kept', 'new']);

    fs.mkdirSync(cut); // which a file's removal does not remove
    fs.utimesSync(cut, 1_000, 1_000);
    const refused = new Folder(folder).removeLeftovers(new Date(Date.now() - 60_000), never);
    await assert.rejects(refused, (error) => isFailure(error, 'destinationNotWritable'));
  });

  it('lists no folders, and leads nowhere else', async () => {
    fs.mkdirSync(path.join(folder, 'inner'));
    for await (const { name } of new Folder(folder).list(never)) assert.fail(name);
    await assert.rejects(new Folder(folder).open('../file', never), /not the name of a file/);
  });
});
