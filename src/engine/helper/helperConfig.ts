import type { ContainerCreateOptions, MountSettings } from 'dockerode';
import type { HelperRequest, Volume } from '../../core/engine';
import { agentFolder } from '../agentImage';
import type { Connection } from '../engineConnection';
import { helperLabels, label } from '../labels';
import { storeFolder, storeMount } from '../store';

/** Where the volume is mounted. Not in the image: else the engine would copy what is there into an empty volume. */
export const volumeFolder = '/volumes-for-docker/volume';

/** What reading and writing files of every owner takes, and nothing else. */
const capabilities = ['CHOWN', 'DAC_OVERRIDE', 'FOWNER', 'FSETID', 'MKNOD', 'SETFCAP'];

/** The agent finishes a critical section when it is asked to stop. */
const stopSeconds = 60;

/** A helper with the least rights that do. `name` also marks the volume, should this mount create it. */
export function helperConfig(
  connection: Connection,
  request: HelperRequest,
  { name, image, store, command }: { name: string; image: string; store?: Volume; command?: string[] },
): ContainerCreateOptions {
  const { facts, owner } = connection;
  const { volume } = request;
  const mounts = [
    ...(volume ? [volumeMount(volume.spec.name, volume.readOnly, name)] : []),
    ...(store ? [storeMount(connection, store)] : []),
  ];
  return {
    name,
    Image: image,
    Entrypoint: command ?? ['node', `${agentFolder}/agent.js`],
    Cmd: command ? [] : [...(store ? ['--store', storeFolder] : []), ...(volume ? ['--volume', volumeFolder] : [])],
    // The image's own would be inherited.
    Env: ['NODE_OPTIONS=', 'NODE_PATH=', 'LC_ALL=C.UTF-8', 'TZ=UTC'],
    User: '0:0',
    WorkingDir: '/',
    Labels: helperLabels(request, owner),
    Healthcheck: { Test: ['NONE'] },
    OpenStdin: true,
    StdinOnce: true,
    AttachStdin: true,
    AttachStdout: true,
    AttachStderr: true,
    Tty: false,
    // With the network mode alone, Docker sets up a network without interfaces, which takes half of a helper's start.
    NetworkDisabled: true,
    StopTimeout: stopSeconds,
    HostConfig: {
      Mounts: mounts,
      NetworkMode: 'none',
      AutoRemove: true,
      ReadonlyRootfs: true,
      CapDrop: ['ALL'],
      CapAdd: capabilities,
      SecurityOpt: ['no-new-privileges', ...(facts.selinux ? ['label=disable'] : [])],
      // Owners as they are on the engine's machine, not shifted.
      ...(facts.remapped && { UsernsMode: 'host' }),
      PidsLimit: 256,
      // The agent's output is data: any other driver keeps all of it on the engine's disk.
      LogConfig: { Type: 'none', Config: {} },
    },
  };
}

function volumeMount(name: string, readOnly: boolean, helper: string): MountSettings {
  const VolumeOptions = { NoCopy: true, Labels: { [label.madeBy]: helper } };
  // The types ask for a driver, which would be used for a volume that the mount makes.
  return { Type: 'volume', Source: name, Target: volumeFolder, ReadOnly: readOnly, VolumeOptions } as never;
}
