import * as path from 'node:path';
import type { Destination } from '../../core/backup/destination';
import { Folder } from '../../destinations/folder';

/** Of one backup. */
export interface Place {
  destination: Destination;
  /** Its name there. */
  file: string;
}

export function placeOf(file: string): Place {
  return { destination: new Folder(path.dirname(file)), file: path.basename(file) };
}
