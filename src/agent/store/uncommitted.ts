import * as fs from 'node:fs';
import { namesIn } from './durable';
import { Catalog } from './catalog';
import type { VolumeStore } from './volumeStore';

/**
 * Removes an uncommitted snapshot: its folder in `incoming/` and its objects, which no other manifest can name. The
 * marker goes last, so that an interrupted removal is seen and finished. False when `deadline` came first.
 */
export function dropUncommitted(store: VolumeStore, snapshot: string, deadline = Infinity): boolean {
  const catalog = new Catalog(store.store);
  // Whatever went wrong after the commit: it is committed.
  if (store.has(snapshot)) {
    catalog.refresh(store.volume);
    return true;
  }
  const objects = `${store.at.objects}/${snapshot}`;
  for (const folder of namesIn(objects)) {
    if (performance.now() > deadline) return false;
    fs.rmSync(`${objects}/${folder}`, { recursive: true, force: true });
  }
  fs.rmSync(objects, { recursive: true, force: true });
  fs.rmSync(`${store.at.incoming}/${snapshot}`, { recursive: true, force: true });
  catalog.withdrawSnapshot(store.volume, snapshot);
  return true;
}
