import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { VolumeEngine } from '../engine';
import { isLeftBehind } from '../ownership';

/** Nobody gives a volume of theirs such a name. */
const prefix = 'volumes-for-docker-trial-';

/** Between two of its steps a trial restore has no helper for a moment. */
const betweenStepsMs = 3_000;

const never = new AbortController().signal;

/** Of the volume of a trial restore, which is removed at its end. */
export function newTrialName(): string {
  return prefix + randomBytes(4).toString('hex');
}

export function isTrialName(name: string): boolean {
  return name.startsWith(prefix) && /^[0-9a-f]{8}$/.test(name.slice(prefix.length));
}

/** Removes what trial restores have left whose VS Code was killed: volumes, and their snapshots. Resolves with their names. */
export async function removeTrials(engine: VolumeEngine, signal: AbortSignal): Promise<string[]> {
  const found = (await trialsAt(engine, signal)).filter(await isIdle(engine, signal));
  if (found.length === 0) return [];
  await sleep(betweenStepsMs, undefined, { signal });
  const left = found.filter(await isIdle(engine, signal));
  for (const name of left) await removeTrial(engine, name);
  return left;
}

/** The snapshot is there before the volume, and goes after it. */
async function trialsAt(engine: VolumeEngine, signal: AbortSignal): Promise<string[]> {
  const { snapshots } = await engine.readCatalog(signal);
  return [...new Set(snapshots.map(({ volume }) => volume.name).filter(isTrialName))];
}

async function isIdle(engine: VolumeEngine, signal: AbortSignal): Promise<(name: string) => boolean> {
  const own = await engine.listOwnContainers(signal);
  const busy = new Set(own.filter((each) => !isLeftBehind(each, Date.now())).map(({ lock }) => lock));
  return (name) => !busy.has(name);
}

async function removeTrial(engine: VolumeEngine, name: string): Promise<void> {
  if ((await engine.listVolumes(never)).some((volume) => volume.name === name)) await engine.removeVolume(name);
  const { snapshots } = await engine.readCatalog(never);
  await using helper = await engine.openHelper({ operation: 'recovery', lock: name, store: true }, never);
  for (const { id, volume } of snapshots.filter((each) => each.volume.name === name)) {
    await helper.request('snapshot.delete', { volume: volume.name, snapshot: id }, { signal: never });
  }
  await helper.finish();
}
