/** Paths are bytes held as latin1 strings; these are the only places where they become Buffers or readable text. */

// eslint-disable-next-line no-control-regex
const nonAscii = /[^\x00-\x7f]/;

/** For Node's fs: the path itself when it is plain ASCII (cheap), else its exact bytes. */
export function fsPath(latin1: string): string | Buffer {
  return nonAscii.test(latin1) ? Buffer.from(latin1, 'latin1') : latin1;
}

/** Readable text for people: UTF-8 where the bytes are valid UTF-8, everything unprintable escaped. Never for I/O. */
export function displayName(latin1: string): string {
  const bytes = Buffer.from(latin1, 'latin1');
  const text = bytes.toString('utf8');
  const valid = Buffer.from(text, 'utf8').equals(bytes);
  return escapeUnprintable(valid ? text : latin1.replace(/[\x80-\xff]/g, hexEscape));
}

/** Escapes control, bidirectional and other invisible characters, which could fake or break what a person reads. */
export function escapeUnprintable(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, (char) => {
    const code = char.codePointAt(0) ?? 0;
    return code < 0x100 ? hexEscape(char) : `\\u{${code.toString(16)}}`;
  });
}

function hexEscape(char: string): string {
  return `\\x${char.charCodeAt(0).toString(16).padStart(2, '0')}`;
}
