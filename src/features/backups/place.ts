import * as path from 'node:path';
import type { Keys } from '../../destinations/age/keys';
import { Encrypted } from '../../destinations/encrypted';
import { Folder } from '../../destinations/folder';

/** Of one backup. */
export interface Place {
  destination: Encrypted;
  /** Its name there. */
  file: string;
}

/** `opening`: what may open it, where it is encrypted. It is not written as one that is. */
export function placeOf(file: string, opening?: Keys): Place {
  const folder = new Folder(path.dirname(file));
  return { destination: new Encrypted(folder, undefined, opening), file: path.basename(file) };
}
