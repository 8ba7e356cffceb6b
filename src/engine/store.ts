import type { ContainerCreateOptions, MountSettings } from 'dockerode';
import * as posix from 'node:path/posix';
import type { Volume } from '../core/engine';
import { findContainer, removeContainer } from './containers';
import { createContainer } from './createContainer';
import { ensureEmptyImage, hasEmptyImage } from './emptyImage';
import type { Connection } from './engineConnection';
import { label } from './labels';
import { runOnce } from './runOnce';
import { timeouts } from './wire';
import { isRefusedMount, statusOf, wordsOf } from './wireErrors';
import { findVolume, inspectVolume, removeVolume } from './volumes';

/** Where the store is mounted, in helpers and in its holder. */
export const storeFolder = '/volumes-for-docker/store';

/**
 * Makes the store's volume exist: a local volume with options, which prune skips, over a folder below the engine's own,
 * which stays when the volume is removed all the same. Where the engine refuses that, a plain volume that a running
 * container pins.
 */
export async function ensureStore(connection: Connection, agentImage: string): Promise<Volume> {
  const volume = await findVolume(connection.wire, connection.names.storeVolume);
  if (!volume) return makeStore(connection, agentImage);
  if (!isOverFolder(volume)) await ensurePin(connection, agentImage, volume);
  return volume;
}

/** The store as a mount; should its volume be pruned this instant, the mount makes the same one again. */
export function storeMount({ facts }: Connection, { name, driver, labels, options }: Volume): MountSettings {
  const folder = options['device'];
  // Podman would make a plain volume, and shows the archive API an empty folder unless a process runs.
  if (facts.podman && folder) return { Type: 'bind', Source: folder, Target: storeFolder } as never;
  const VolumeOptions = { NoCopy: true, Labels: labels, DriverConfig: { Name: driver, Options: options } };
  return { Type: 'volume', Source: name, Target: storeFolder, VolumeOptions };
}

function isOverFolder({ options }: Volume): boolean {
  return Object.keys(options).length > 0;
}

async function makeStore(connection: Connection, agentImage: string): Promise<Volume> {
  const { wire, names } = connection;
  // Then there may be snapshots in the folder, and a plain volume would hide them for good.
  const hadStore = await hasEmptyImage(wire, names);
  wire.log(`making the store ${names.storeVolume}`);
  try {
    const volume = await makeOverFolder(connection, agentImage);
    // Also the sign that this engine has a store, should its volume be removed.
    await ensureEmptyImage(wire, names);
    return volume;
  } catch (error) {
    await forgetOverFolder(connection);
    if (hadStore || !isRefusedMount(error)) throw error;
    wire.log(`the engine refuses a volume over a folder of its own: ${wordsOf(error)}`);
    const volume = await createVolume(connection, {});
    await ensurePin(connection, agentImage, volume);
    return volume;
  }
}

async function makeOverFolder(connection: Connection, agentImage: string): Promise<Volume> {
  await makeFolder(connection, agentImage);
  const volume = await createVolume(connection, { type: 'none', o: 'bind', device: deviceFolder(connection) });
  // Such a volume is mounted, or refused, by the first container that uses it.
  const HostConfig = { ...isolated, Mounts: [storeMount(connection, volume)] };
  await runOnce(connection.wire, { ...idle(connection, agentImage), Cmd: ['-e', ''], HostConfig });
  return volume;
}

/** So that the next attempt starts anew. The folder stays, and a volume without one may be another window's. */
async function forgetOverFolder({ wire, names }: Connection): Promise<void> {
  try {
    const volume = await findVolume(wire, names.storeVolume);
    if (volume && isOverFolder(volume)) await removeVolume(wire, volume.name);
  } catch (error) {
    wire.log(`the store's volume stays: ${String(error)}`);
  }
}

/** Binds create the folder they name; this is how one is made on the engine's machine. */
export async function makeFolder(connection: Connection, agentImage: string): Promise<void> {
  const HostConfig = { Binds: [`${deviceFolder(connection)}:${storeFolder}`], ...isolated };
  await runOnce(connection.wire, { ...idle(connection, agentImage), Cmd: ['-e', ''], HostConfig });
}

/** On the engine's machine. */
export function deviceFolder({ facts, names }: Connection): string {
  return posix.join(facts.rootFolder, names.storeFolder);
}

const isolated = { NetworkMode: 'none', CapDrop: ['ALL'], SecurityOpt: ['no-new-privileges'] };

function idle({ names, owner }: Connection, Image: string): ContainerCreateOptions {
  return {
    name: names.unlocked('store'),
    Image,
    Entrypoint: ['node'],
    NetworkDisabled: true,
    Labels: { [label.role]: 'helper', [label.operation]: 'recovery', [label.owner]: JSON.stringify(owner) },
  };
}

async function createVolume({ wire, names }: Connection, options: Record<string, string>): Promise<Volume> {
  const volume = {
    Name: names.storeVolume,
    Driver: 'local',
    DriverOpts: options,
    Labels: { [label.role]: 'store', [label.namespace]: names.namespace },
  };
  await wire.call((docker, abortSignal) => docker.createVolume({ ...volume, abortSignal }), {
    timeoutMs: timeouts.change,
  });
  return inspectVolume(wire, names.storeVolume);
}

/** A volume that a running container uses is not pruned. */
async function ensurePin(connection: Connection, agentImage: string, store: Volume): Promise<void> {
  const { wire, names } = connection;
  const pin = await findContainer(wire, names.storePin);
  if (pin?.state === 'running') return;
  if (pin) await removeContainer(wire, pin.id);
  const id = await createContainer(wire, {
    ...idle(connection, agentImage),
    name: names.storePin,
    Labels: { [label.role]: 'store' },
    Cmd: ['-e', 'setInterval(() => {}, 2 ** 30)'],
    HostConfig: { ...isolated, Mounts: [storeMount(connection, store)], RestartPolicy: { Name: 'unless-stopped' } },
  });
  await wire.call((docker, abortSignal) => docker.getContainer(id).start({ abortSignal }), {
    timeoutMs: timeouts.change,
  });
}

/** How long an engine may take from taking a name to showing the container of that name. */
const appearingMs = 10_000;

/** Id of a container, never started, through which the archive API reads the store. */
export async function ensureHolder(connection: Connection, store: Volume): Promise<string> {
  const { wire, names } = connection;
  const giveUp = Date.now() + appearingMs;
  for (;;) {
    const holder = await findContainer(wire, names.storeHolder);
    if (holder) return holder.id;
    try {
      return await createHolder(connection, store);
    } catch (error) {
      // Another one is making it.
      if (statusOf(error) !== 409 || Date.now() > giveUp) throw error;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
}

async function createHolder(connection: Connection, store: Volume): Promise<string> {
  const { wire, names } = connection;
  return createContainer(wire, {
    name: names.storeHolder,
    Image: await ensureEmptyImage(wire, names),
    Cmd: ['-'],
    Labels: { [label.role]: 'store' },
    HostConfig: { NetworkMode: 'none', Mounts: [storeMount(connection, store)] },
  });
}
