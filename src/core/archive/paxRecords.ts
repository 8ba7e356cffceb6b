/** The records of a pax header: "<length> <key>=<value>\n", whose length counts itself. Texts are bytes (latin1). */
export type PaxRecords = Map<string, string>;

export function encodeRecords(records: PaxRecords): Buffer {
  let text = '';
  for (const [key, value] of records) text += encodeRecord(key, value);
  return Buffer.from(text, 'latin1');
}

function encodeRecord(key: string, value: string): string {
  const rest = key.length + value.length + 3;
  let length = rest + String(rest).length;
  // Its own digits may add one.
  if (rest + String(length).length > length) length++;
  return `${length} ${key}=${value}\n`;
}

/** Throws on anything that is not whole records. */
export function decodeRecords(bytes: Buffer): PaxRecords {
  return new Map(decodeRecordPairs(bytes));
}

/** In their order; some keys may be there again and again. */
export function decodeRecordPairs(bytes: Buffer): [key: string, value: string][] {
  const records: [string, string][] = [];
  for (let at = 0; at < bytes.length;) {
    const space = bytes.indexOf(0x20, at);
    const digits = space < 0 || space - at > 10 ? '' : bytes.toString('latin1', at, space);
    const end = at + Number(digits);
    const equals = bytes.indexOf(0x3d, space);
    const isWhole = /^[1-9]\d*$/.test(digits) && end <= bytes.length && bytes[end - 1] === 0x0a;
    if (!isWhole || equals < 0 || equals >= end) throw new Error('the records of a member are damaged');
    records.push([bytes.toString('latin1', space + 1, equals), bytes.toString('latin1', equals + 1, end - 1)]);
    at = end;
  }
  return records;
}

const second = 1_000_000_000n;

/** Nanoseconds as the decimal seconds of a record: "-1.5" is half a second before one second before 1970. */
export function encodeTime(ns: bigint): string {
  const [sign, size] = ns < 0n ? ['-', -ns] : ['', ns];
  const fraction = String(size % second)
    .padStart(9, '0')
    .replace(/0+$/, '');
  return `${sign}${size / second}${fraction && `.${fraction}`}`;
}

/** Digits beyond nanoseconds are cut off. */
export function decodeTime(text: string): bigint {
  const [, sign, seconds, fraction = ''] = /^(-?)(\d{1,18})(?:\.(\d*))?$/.exec(text) ?? [];
  if (seconds === undefined) throw new Error(`not a time: ${JSON.stringify(text.slice(0, 40))}`);
  const size = BigInt(seconds) * second + BigInt(fraction.slice(0, 9).padEnd(9, '0'));
  return sign ? -size : size;
}
