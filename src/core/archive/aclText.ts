/**
 * POSIX ACLs between the kernel's form (the value of `system.posix_acl_access`: linux/posix_acl_xattr.h) and the text of
 * the records `SCHILY.acl.access` and `.default`, which GNU tar and libarchive read. Ids are numbers in both.
 */
const version = 2;
const tags = new Map([
  [0x01, 'user:'],
  [0x02, 'user:'],
  [0x04, 'group:'],
  [0x08, 'group:'],
  [0x10, 'mask:'],
  [0x20, 'other:'],
]);
/** The ones that name somebody; the others have all bits of an id set. */
const named = [0x02, 0x08];
const nobody = 0xffffffff;
const entryBytes = 8;

/** Undefined for what the kernel would not write. */
export function aclToText(value: string): string | undefined {
  const bytes = Buffer.from(value, 'latin1');
  if (bytes.length < 4 || (bytes.length - 4) % entryBytes !== 0 || bytes.readUInt32LE(0) !== version) return undefined;
  const parts: string[] = [];
  for (let at = 4; at < bytes.length; at += entryBytes) {
    const tag = bytes.readUInt16LE(at);
    const permissions = bytes.readUInt16LE(at + 2);
    const id = bytes.readUInt32LE(at + 4);
    const word = tags.get(tag);
    const hasId = named.includes(tag);
    if (word === undefined || permissions > 7 || (!hasId && id !== nobody)) return undefined;
    parts.push(`${word}${hasId ? id : ''}:${permissionText(permissions)}`);
  }
  return parts.join(',');
}

/** Throws on text that is no ACL with numbers as ids. */
export function aclFromText(text: string): string {
  const entries = text.split(',').map(entryFromText);
  return Buffer.concat([uint32(version), ...entries]).toString('latin1');
}

function entryFromText(text: string): Buffer {
  const [, word, id = '', permissions = ''] = /^(user|group|mask|other):(\d*):([r-][w-][x-])$/.exec(text) ?? [];
  const candidates = [...tags.keys()].filter((tag) => tags.get(tag) === `${word}:`);
  const tag = candidates.find((each) => named.includes(each) === (id !== ''));
  if (tag === undefined || Number(id) > nobody) throw new Error(`not an entry of an ACL: ${JSON.stringify(text)}`);
  const entry = Buffer.alloc(entryBytes);
  entry.writeUInt16LE(tag, 0);
  entry.writeUInt16LE(
    [...permissions].reduce((sum, letter) => sum * 2 + Number(letter !== '-'), 0),
    2,
  );
  entry.writeUInt32LE(id === '' ? nobody : Number(id), 4);
  return entry;
}

function permissionText(bits: number): string {
  return `${bits & 4 ? 'r' : '-'}${bits & 2 ? 'w' : '-'}${bits & 1 ? 'x' : '-'}`;
}

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
}
