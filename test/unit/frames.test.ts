import * as assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { encodeFrame, readFrames } from '../../src/core/frames';

/** Cuts bytes into pieces of the given sizes, over and over. */

async function* inPieces(bytes: Buffer, sizes: number[]): AsyncGenerator<Uint8Array> {
  for (let at = 0, n = 0; at < bytes.length; n++) {
    const size = sizes[n % sizes.length]!;
    yield bytes.subarray(at, at + size);
    at += size;
  }
}

async function read(bytes: Buffer, sizes = [7]) {
  const frames = [];
  for await (const { header, payload } of readFrames(inPieces(bytes, sizes))) {
    frames.push({ header, payload: payload.toString('latin1') });
  }
  return frames;
}

describe('frames', () => {
  it('come out as they went in, however the stream cuts them', async () => {
    const anyFrame = fc.record({ header: fc.jsonValue(), payload: fc.string({ unit: 'binary-ascii' }) });
    const sizes = fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1 });
    await fc.assert(
      fc.asyncProperty(fc.array(anyFrame), sizes, async (frames, cuts) => {
        const bytes = frames.map(({ header, payload }) => encodeFrame(header, Buffer.from(payload, 'latin1')));
        const expected = frames.map(({ header, payload }) => ({
          header: JSON.parse(JSON.stringify(header)) as unknown,
          payload,
        }));
        assert.deepEqual(await read(Buffer.concat(bytes), cuts), expected);
      }),
    );
  });

  it('cut off in the middle are an error, not an end', async () => {
    const whole = Buffer.concat([encodeFrame({ a: 1 }), encodeFrame({ b: 2 })]);
    for (let length = 0; length < whole.length; length++) {
      const isBetween = length === 0 || length === encodeFrame({ a: 1 }).length;
      const reading = read(whole.subarray(0, length));
      await (isBetween ? reading : assert.rejects(reading, /ended inside a frame/));
    }
  });

  it('are not taken from what is none', async () => {
    await assert.rejects(read(Buffer.from('Welcome to the shell of the machine!\n')), /not a frame/);
    await assert.rejects(read(Buffer.from('\x02\0\0\0\0\0\0\0no')), SyntaxError);
  });
});
