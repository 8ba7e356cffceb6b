import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import type { Destination, Upload } from '../../src/core/backup/destination';
import { Cancelled, isFailure } from '../../src/core/failure';
import { never } from '../fixtures/engine';
import { until } from '../fixtures/until';

/** What a suite brings of its kind of destination. */
export interface Conforming {
  /** An empty place. */
  make(): Promise<Destination>;
  /** All that is there, with what no listing shows: unfinished files, parts of uploads. */
  everything(destination: Destination): Promise<string[]>;
  /** Larger than what this kind sends at once, several times. */
  largeBytes: number;
  /** How large the file of such a content is there, where it is larger. */
  storedBytes?(bytes: number): number;
}

/** What every destination does, whatever it is made of. To be called in its suite. */
export function conforms({ make, everything, largeBytes, storedBytes = (bytes) => bytes }: Conforming): void {
  let destination: Destination;
  beforeEach(async () => void (destination = await make()));

  const put = async (name: string, content: Buffer, pieceBytes = 300_000) => {
    await using upload = await destination.create(name, never);
    upload.expect?.(content.length);
    for (let at = 0; at < content.length; at += pieceBytes) {
      await upload.write(content.subarray(at, at + pieceBytes));
    }
    await upload.keep();
    assert.equal(upload.bytes, content.length);
  };
  const contentOf = async (name: string, start = 0, end?: number) => {
    await using file = await destination.open(name, never);
    const parts: Uint8Array[] = [];
    for await (const part of file.read(start, end ?? file.bytes, never)) parts.push(part);
    return Buffer.concat(parts);
  };
  const listed = async () => {
    const names: string[] = [];
    for await (const { name } of destination.list(never)) names.push(name);
    return names.sort();
  };

  it('gives back what was written, whole and in parts', async () => {
    const content = randomBytes(largeBytes);
    const before = Date.now();
    await put('large@1.tar.zst', content);
    assert.ok((await contentOf('large@1.tar.zst')).equals(content));
    const some = await contentOf('large@1.tar.zst', 1_000_001, 1_400_000);
    assert.ok(some.equals(content.subarray(1_000_001, 1_400_000)));
    assert.ok((await contentOf('large@1.tar.zst', largeBytes - 48)).equals(content.subarray(-48)));
    assert.equal((await contentOf('large@1.tar.zst', 5, 5)).length, 0);
    for await (const { name, bytes, modified } of destination.list(never)) {
      assert.deepEqual({ name, bytes }, { name: 'large@1.tar.zst', bytes: storedBytes(largeBytes) });
      assert.ok(Math.abs(modified.getTime() - before) < 120_000, modified.toISOString());
    }
    assert.equal((await everything(destination)).length, 1);
  });

  it('may keep a file of no or of few bytes', async () => {
    await put('none', Buffer.alloc(0));
    await put('few', Buffer.from('few'));
    assert.deepEqual(await listed(), ['few', 'none']);
    assert.equal((await contentOf('none')).length, 0);
    assert.equal((await contentOf('few')).toString(), 'few');
  });

  it('does not look at bytes again that were written', async () => {
    const content = randomBytes(largeBytes);
    const piece = Buffer.alloc(1_000_000);
    {
      await using upload = await destination.create('file', never);
      upload.expect?.(largeBytes);
      for (let at = 0; at < largeBytes; at += piece.length) {
        const some = piece.subarray(0, content.copy(piece, 0, at, at + piece.length));
        await upload.write(some);
        piece.fill(98);
        await new Promise((resolve) => setImmediate(resolve));
      }
      await upload.keep();
    }
    assert.ok((await contentOf('file')).equals(content));
  });

  it('lists nothing of an upload that is not kept, and holds nothing of it afterwards', async () => {
    for (const bytes of [0, 10, largeBytes]) {
      {
        await using upload = await destination.create('cut short', never);
        upload.expect?.(bytes);
        await upload.write(Buffer.alloc(bytes));
        assert.deepEqual(await listed(), []);
      }
      await until(async () => (await everything(destination)).length === 0, 20_000, `nothing of ${bytes} bytes`);
    }
  });

  it('holds nothing of an upload that is cancelled, and says in time that it was', async () => {
    const cancelled = async (work: (upload: Upload, cancel: () => void) => Promise<void>) => {
      const controller = new AbortController();
      let cancelledAt = Infinity;
      const cancel = () => {
        cancelledAt = performance.now();
        controller.abort();
      };
      const uploading = (async () => {
        await using upload = await destination.create('cancelled', controller.signal);
        upload.expect?.(largeBytes);
        await work(upload, cancel);
      })();
      await assert.rejects(uploading, Cancelled);
      const ms = performance.now() - cancelledAt;
      assert.ok(ms < 2_000, `${Math.round(ms)} ms`);
      await until(async () => (await everything(destination)).length === 0, 20_000, 'nothing of it is there');
    };
    // Wherever it is by then; as a rule a write waits.
    await cancelled(async (upload, cancel) => {
      setTimeout(cancel, 100);
      for (const end = performance.now() + 10_000; performance.now() < end;) {
        await upload.write(Buffer.alloc(1_000_000));
        // Also where none has to.
        await new Promise((resolve) => setImmediate(resolve));
      }
    });
    await cancelled(async (upload, cancel) => {
      await upload.write(Buffer.alloc(largeBytes));
      const kept = upload.keep();
      cancel();
      await kept;
    });
  });

  it('keeps the older file of a name until the new one is kept', async () => {
    await put('file', Buffer.from('older'));
    {
      await using upload = await destination.create('file', never);
      await upload.write(Buffer.from('not kept'));
    }
    assert.equal((await contentOf('file')).toString(), 'older');
    await put('file', Buffer.from('newer'));
    assert.equal((await contentOf('file')).toString(), 'newer');
    assert.deepEqual(await listed(), ['file']);
  });

  it('takes names as backups have them', async () => {
    const names = ['shop_db-data.1@20261123T195500Z.tar.zst', 'a%2Fb%3Ac%2A%C3%BC@20261123T195500Z.tar.zst', '%2E.@1'];
    for (const name of names) await put(name, Buffer.from(name));
    assert.deepEqual(await listed(), [...names].sort());
    for (const name of names) assert.equal((await contentOf(name)).toString(), name);
  });

  it('removes a file, and nothing where there is none', async () => {
    await put('a', Buffer.from('a'));
    await put('ab', Buffer.from('ab'));
    await destination.remove('a', never);
    await destination.remove('a', never);
    assert.deepEqual(await listed(), ['ab']);
    await assert.rejects(destination.open('a', never), (error) => isFailure(error, 'backupNotReadable'));
  });

  it('lists many, and stops when it is told to', async () => {
    const names = Array.from({ length: 25 }, (_, n) => `many ${String(n).padStart(2, '0')}`);
    for (const name of names) await put(name, Buffer.from('x'));
    assert.deepEqual(await listed(), names);
    const controller = new AbortController();
    const cut = (async () => {
      for await (const _ of destination.list(controller.signal)) controller.abort();
    })();
    await cut.then(
      () => assert.fail('listed all of it'),
      (error: unknown) => assert.ok(error instanceof Cancelled, String(error)),
    );
  });

  it('reads no further once it is told to stop', async () => {
    await put('large', randomBytes(largeBytes));
    const controller = new AbortController();
    await using file = await destination.open('large', never);
    const reading = (async () => {
      for await (const _ of file.read(0, file.bytes, controller.signal)) controller.abort();
    })();
    await assert.rejects(reading, Cancelled);
  });
}
