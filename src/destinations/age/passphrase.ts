import { randomBytes, scrypt } from 'node:crypto';
import type * as age from './library';

/**
 * age's recipient and identity of a passphrase (https://c2sp.org/age#the-scrypt-recipient-type). The library has both, but derives
 * their key in one go, for which everything in this process would stand still for a second and more: of a chain of backups,
 * for each of them.
 */
const label = 'age-encryption.org/v1/scrypt';
const saltBytes = 16;
/** Of scrypt, as a power of two: what age writes, and the most that it takes from others. */
const workFactor = 18;
const largestFactor = 20;
const blockSize = 8;
const keyBytes = 32;
const nonce = new Uint8Array(12);

type Library = typeof age;
type Stanza = age.Stanza;

export function toPassphrase(library: Library, passphrase: string): age.Recipient {
  return {
    wrapFileKey: async (fileKey) => {
      const salt = randomBytes(saltBytes);
      const key = await keyOf(library, passphrase, salt, workFactor);
      const body = library.chacha20poly1305(key, nonce).encrypt(fileKey);
      return [new library.Stanza(['scrypt', unpadded(salt), String(workFactor)], body)];
    },
  };
}

export function withPassphrase(library: Library, passphrase: string): age.Identity {
  return {
    unwrapFileKey: async (stanzas) => {
      const stanza = stanzas.find(({ args }) => args[0] === 'scrypt');
      if (!stanza) return null;
      // Who knows the passphrase is to know that nobody else could have written it.
      if (stanzas.length > 1) throw new Error('something besides a passphrase opens it');
      const { salt, factor } = read(stanza);
      const key = await keyOf(library, passphrase, salt, factor);
      try {
        return library.chacha20poly1305(key, nonce).decrypt(stanza.body);
      } catch {
        return null;
      }
    },
  };
}

function read({ args: [, encoded = '', digits = '', ...more], body }: Stanza): { salt: Buffer; factor: number } {
  const salt = Buffer.from(encoded, 'base64');
  const factor = /^[1-9]\d?$/.test(digits) ? Number(digits) : NaN;
  const isOne = more.length === 0 && salt.length === saltBytes && unpadded(salt) === encoded && body.length === 32;
  if (!isOne || Number.isNaN(factor)) throw new Error('its header is damaged');
  if (factor > largestFactor) throw new Error('its passphrase asks for too much work');
  return { salt, factor };
}

async function keyOf(library: Library, passphrase: string, salt: Buffer, factor: number): Promise<Uint8Array> {
  const labelled = Buffer.concat([Buffer.from(label), salt]);
  return onThread(passphrase, labelled, factor).catch(() => inTurns(library, passphrase, labelled, factor));
}

/** On a thread of Node's pool. Rejects where Node was built without it. */
export function onThread(passphrase: string, salt: Buffer, factor: number): Promise<Uint8Array> {
  const N = 2 ** factor;
  return new Promise((resolve, reject) =>
    scrypt(passphrase, salt, keyBytes, { N, r: blockSize, p: 1, maxmem: 256 * N * blockSize }, (error, key) =>
      error ? reject(error) : resolve(key),
    ),
  );
}

/** On this thread, some milliseconds at a time. */
export function inTurns(library: Library, passphrase: string, salt: Buffer, factor: number): Promise<Uint8Array> {
  return library.scryptAsync(passphrase, salt, { N: 2 ** factor, r: blockSize, p: 1, dkLen: keyBytes });
}

function unpadded(bytes: Buffer): string {
  return bytes.toString('base64').replace(/=+$/, '');
}
