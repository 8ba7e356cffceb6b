import { createHash } from 'node:crypto';

/** A tag has 128 characters at most (distribution spec). */
const readableCharacters = 100;

/**
 * The tag of a file. Tags take less than names do, so it has what can be read of the name, and a digest that tells names apart; the
 * name itself is in the manifest.
 */
export function tagOf(name: string): string {
  const readable = name
    .replace(/[^A-Za-z0-9_.-]+/g, '_')
    .replace(/^[.-]/, '_')
    .slice(0, readableCharacters);
  return `${readable}-${createHash('sha256').update(name).digest('hex').slice(0, 16)}`;
}
