import * as fs from 'node:fs';

/**
 * The engine's time, in the clock that files get their ctimes from. Made before the syncfs before a scan, it tells which
 * of the scan's records may be trusted later (`core/unchanged.ts`).
 */
export function makeStamp(path: string): bigint {
  fs.rmSync(path, { force: true });
  fs.writeFileSync(path, '');
  const { ctimeNs } = fs.lstatSync(path, { bigint: true });
  fs.rmSync(path);
  return ctimeNs;
}
