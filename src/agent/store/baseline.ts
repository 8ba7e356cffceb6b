import * as fs from 'node:fs';
import type { Entry } from '../../core/entry';
import type { Manifest } from '../../core/manifest';
import { hasObject, withoutObject } from '../../core/recorded';
import type { ObjectSet } from '../../core/objectSet';
import { isTrustedFileSystem } from '../../core/unchanged';
import { nothingKnown, type Known } from '../observe';
import type { Whereabouts } from '../whereabouts';
import { flushFolder, removeIfThere } from './durable';
import { readManifest, writeManifest } from './manifestFile';
import type { VolumeStore } from './volumeStore';

/**
 * The baseline: a volume's records as last known on disk, with the objects of its files. Whatever is wrong with it, the
 * answer is to know nothing and to copy everything.
 */
export async function readBaseline(store: VolumeStore, here: Whereabouts): Promise<Known> {
  if (!isTrustedFileSystem(here.fileSystem)) return nothingKnown;
  const baseline = await tryRead(store);
  if (!baseline || !isFrom(baseline, here)) return nothingKnown;
  const entries = baseline.entries.filter((entry) => entry.type !== 'file' || hasObject(entry));
  return { entries, stamp: BigInt(baseline.header.stamp), snapshot: baseline.header.snapshot };
}

/** A committed snapshot's manifest is also the volume's baseline: one file with two names. */
export function adoptManifest(store: VolumeStore, snapshot: string): void {
  replaceBaseline(store, (temporary) => fs.linkSync(`${store.at.snapshots}/${snapshot}/manifest`, temporary));
}

/** Writes a baseline; what it returns puts it in place. */
export async function stageBaseline(store: VolumeStore, { header, entries }: Manifest): Promise<() => void> {
  const temporary = `${store.at.baseline}.tmp`;
  removeIfThere(temporary);
  await writeManifest(temporary, header, entries);
  return () => fs.renameSync(temporary, store.at.baseline);
}

/** Before objects are removed: files whose content only the baseline names are copied again. */
export async function keepOnly(store: VolumeStore, live: ObjectSet): Promise<void> {
  const baseline = await tryRead(store);
  const isLive = ({ object }: Entry) => object === undefined || live.has(object);
  if (baseline?.entries.every(isLive)) return;
  if (!baseline) return dropBaseline(store);
  const entries = baseline.entries.map((entry) => (isLive(entry) ? entry : withoutObject(entry)));
  const replace = await stageBaseline(store, { header: baseline.header, entries });
  replace();
  flushFolder(store.at.folder);
}

export function dropBaseline(store: VolumeStore): void {
  removeIfThere(store.at.baseline);
}

function replaceBaseline(store: VolumeStore, make: (temporary: string) => void): void {
  const temporary = `${store.at.baseline}.tmp`;
  removeIfThere(temporary);
  make(temporary);
  fs.renameSync(temporary, store.at.baseline);
  // A rename between two names of one file does nothing and leaves both.
  removeIfThere(temporary);
}

async function tryRead({ at, volume }: VolumeStore): Promise<Manifest | undefined> {
  if (!fs.existsSync(at.baseline)) return undefined;
  try {
    return await readManifest(at.baseline, 'baseline');
  } catch (error) {
    process.stderr.write(`baseline of ${volume} is ignored: ${String(error)}\n`);
    return undefined;
  }
}

function isFrom({ header }: Manifest, here: Whereabouts): boolean {
  const sameVolume = header.volume.name === here.volume.name && header.root === here.root;
  return sameVolume && header.fileSystem === here.fileSystem && header.device === here.device;
}
