/**
 * What we use of age's implementation in TypeScript (https://github.com/FiloSottile/typage, by the author of age) and of the
 * primitives that it is made of. The build makes a file of its own of it (esbuild.js), which is read when the first encrypted
 * backup is written or read.
 *
 * Not node:crypto: the Node inside VS Code's Electron is built on BoringSSL, whose ciphers have no ChaCha20-Poly1305
 * (https://github.com/electron/electron/issues/24024).
 */
export { Decrypter, Encrypter, generateX25519Identity, identityToRecipient, Stanza } from 'age-encryption';
export type { Identity, Recipient } from 'age-encryption';
export { chacha20poly1305 } from '@noble/ciphers/chacha.js';
export { hkdf } from '@noble/hashes/hkdf.js';
export { scryptAsync } from '@noble/hashes/scrypt.js';
export { sha256 } from '@noble/hashes/sha2.js';
