import * as path from 'node:path';
import type { Keys, Lock } from '../../destinations/age/keys';
import { Encrypted } from '../../destinations/encrypted';
import { Folder } from '../../destinations/folder';

/** Of one backup. */
export interface Place {
  destination: Encrypted;
  /** Its name there. */
  file: string;
}

/** `lock`: what is written is encrypted so; `opening`: what may open it, where it is encrypted. */
export function placeOf(file: string, { lock, opening }: { lock?: Lock; opening?: Keys } = {}): Place {
  const folder = new Folder(path.dirname(file));
  return { destination: new Encrypted(folder, lock, opening), file: path.basename(file) };
}
