import type * as age from './library';

/** What files are encrypted for: public keys (`age1…`), or whoever knows a passphrase. Where that is not known here, nothing is. */
export type Lock = { recipients: readonly string[] } | { passphrase: string | undefined };

/** What they are opened with; all are tried. */
export interface Keys {
  /** `AGE-SECRET-KEY-1…` */
  identities: readonly string[];
  passphrases: readonly string[];
}

/** A new private key. */
export async function newIdentity(): Promise<string> {
  const { generateX25519Identity } = await import('./library');
  return generateX25519Identity();
}

/** The public key of a private one; rejects what is none. */
export async function recipientOf(identity: string): Promise<string> {
  const { identityToRecipient } = await import('./library');
  return identityToRecipient(identity);
}

export async function isIdentity(text: string): Promise<boolean> {
  return isTaken(({ Decrypter }) => new Decrypter().addIdentity(text));
}

export async function isRecipient(text: string): Promise<boolean> {
  return isTaken(({ Encrypter }) => new Encrypter().addRecipient(text));
}

async function isTaken(give: (library: typeof age) => void): Promise<boolean> {
  const library = await import('./library');
  try {
    give(library);
    return true;
  } catch {
    return false;
  }
}
