/**
 * Takes an attached stream apart: yields what the process wrote to stdout, hands what it wrote to stderr to `onError`.
 * Each frame has a header of 8 bytes, stream and length (https://docs.docker.com/reference/api/engine/, attach), and may
 * come in any pieces. Reading on demand: who does not iterate lets the engine wait.
 */
export async function* demux(
  source: AsyncIterable<Uint8Array>,
  onError: (bytes: Buffer) => void,
): AsyncGenerator<Buffer, void, undefined> {
  let header = Buffer.alloc(0);
  let stream = 0;
  let left = 0;
  for await (const piece of source) {
    let rest = Buffer.from(piece.buffer, piece.byteOffset, piece.byteLength);
    while (rest.length > 0) {
      if (left === 0) {
        const missing = 8 - header.length;
        header = Buffer.concat([header, rest.subarray(0, missing)]);
        rest = rest.subarray(missing);
        if (header.length < 8) break;
        stream = header.readUInt8(0);
        left = header.readUInt32BE(4);
        if (stream > 2) throw new Error(`not a multiplexed stream: ${header.toString('hex')}`);
        header = Buffer.alloc(0);
        continue;
      }
      const content = rest.subarray(0, left);
      rest = rest.subarray(content.length);
      left -= content.length;
      if (stream === 2) onError(content);
      else yield content;
    }
  }
}
