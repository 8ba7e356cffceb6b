import type Docker from 'dockerode';
import type { Volume } from '../core/engine';
import { Failure, isFailure } from '../core/failure';
import { aliasesOf } from '../core/volumeFolders';
import type { VolumeSpec } from '../core/snapshotEntry';
import type { EngineFacts } from './engineFacts';
import { label } from './labels';
import type { Connection } from './engineConnection';
import { asList, asRecord } from './wire/read';
import { timeouts, type Wire } from './wire';
import { statusOf } from './wireErrors';
import { rawForPeople, volumeFrom } from './wire/volumeWire';

/** https://docs.docker.com/reference/api/engine/version/v1.41/#tag/Volume/operation/VolumeList */
export async function listDangling({ wire }: Pick<Connection, 'wire'>, signal: AbortSignal): Promise<string[]> {
  const filters = JSON.stringify({ dangling: ['true'] });
  const list = (docker: Docker, abortSignal: AbortSignal) => docker.listVolumes({ filters, abortSignal });
  const answer = await wire.call<unknown>(list, { signal });
  return asList(asRecord(answer)['Volumes']).map((volume) => volumeFrom(volume).name);
}

/** All volumes but our own. */
export async function listVolumes(
  { wire, facts }: Pick<Connection, 'wire' | 'facts'>,
  signal: AbortSignal,
): Promise<Volume[]> {
  const answer = await wire.call<unknown>((docker, abortSignal) => docker.listVolumes({ abortSignal }), { signal });
  return asList(asRecord(answer)['Volumes'])
    .map(volumeFrom)
    .filter((volume) => volume.name !== '' && !(label.role in volume.labels))
    .map((volume) => (knowsCreation(facts, volume.driver) ? { ...volume, made: volume.createdAt } : volume));
}

/**
 * Before 23.0, Docker takes the creation time of a local volume from its folder, where it moves with every entry that is
 * made there: https://github.com/moby/moby/pull/44725
 */
export function knowsCreation({ podman, version }: Pick<EngineFacts, 'podman' | 'version'>, driver: string): boolean {
  return podman || driver !== 'local' || Number.parseInt(version) >= 23;
}

export async function inspectVolumeRaw(wire: Wire, name: string, signal?: AbortSignal): Promise<unknown> {
  return rawForPeople(await readVolume(wire, name, signal));
}

async function readVolume(wire: Wire, name: string, signal?: AbortSignal): Promise<unknown> {
  try {
    const inUrl = nameInUrl(name);
    return await wire.call<unknown>((docker, abortSignal) => docker.getVolume(inUrl).inspect({ abortSignal }), {
      signal,
    });
  } catch (error) {
    if (statusOf(error) === 404) throw new Failure('volumeNotFound', { volume: name });
    throw error;
  }
}

export async function inspectVolume(wire: Wire, name: string, signal?: AbortSignal): Promise<Volume> {
  return volumeFrom(await readVolume(wire, name, signal));
}

/** A volume with its aliases. */
export async function inspectWithAliases(
  connection: Pick<Connection, 'wire' | 'facts'>,
  name: string,
  signal: AbortSignal,
): Promise<Volume> {
  const volume = await inspectVolume(connection.wire, name, signal);
  return { ...volume, aliases: aliasesOf(volume, await listVolumes(connection, signal)) };
}

/** An empty name would ask for the list, and engines take `..` and `/` for parts of the path even when they are encoded. */
function nameInUrl(name: string): string {
  if (/^\.*$|\//.test(name)) throw new Failure('volumeNotFound', { volume: name });
  return encodeURIComponent(name);
}

/** Undefined when there is none. */
export async function findVolume(wire: Wire, name: string, signal?: AbortSignal): Promise<Volume | undefined> {
  return inspectVolume(wire, name, signal).catch((error: unknown) => {
    if (isFailure(error, 'volumeNotFound')) return undefined;
    throw error;
  });
}

export async function createVolume(
  wire: Wire,
  spec: Omit<VolumeSpec, 'createdAt'>,
  signal: AbortSignal,
): Promise<Volume> {
  if (await findVolume(wire, spec.name, signal)) throw new Failure('volumeExists', { volume: spec.name });
  try {
    await wire.call(
      (docker, abortSignal) =>
        docker.createVolume({
          Name: spec.name,
          Driver: spec.driver,
          DriverOpts: spec.options,
          Labels: withoutOurs(spec.labels),
          abortSignal,
        }),
      { signal, timeoutMs: timeouts.change },
    );
  } catch (error) {
    if (statusOf(error) === 409) throw new Failure('volumeExists', { volume: spec.name });
    throw error;
  }
  return inspectVolume(wire, spec.name, signal);
}

/** A snapshot or backup may say anything, but not that a person's volume is ours: it would be hidden, or removed. */
function withoutOurs(labels: Record<string, string>): Record<string, string> {
  const ours = new Set<string>(Object.values(label));
  return Object.fromEntries(Object.entries(labels).filter(([name]) => !ours.has(name)));
}

export async function removeVolume(wire: Wire, name: string): Promise<void> {
  const inUrl = nameInUrl(name);
  try {
    await wire.call((docker, abortSignal) => docker.getVolume(inUrl).remove({ abortSignal }), {
      timeoutMs: timeouts.removeVolume,
    });
  } catch (error) {
    if (statusOf(error) !== 404) throw error;
  }
}
