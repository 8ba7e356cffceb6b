import os from 'node:os';
import type { Bed } from '../bed';

/** Where, when and with what it was measured. */
export interface RunDescription {
  schema: 1;
  date: string;
  machine: { cores: number; memoryGB: number; kernel: string; fileSystem: string };
  versions: Record<string, string>;
  volume: { size: string; files: number; bytes: number; change: { files: number; bytes: number } };
}

export async function describeRun(bed: Bed): Promise<RunDescription> {
  const { facts } = bed.operations.test.engine.connection;
  const { info, versions } = await readContainer(bed);
  return {
    schema: 1,
    date: new Date().toISOString(),
    machine: {
      cores: os.cpus().length,
      memoryGB: Math.round(os.totalmem() / 1e9),
      kernel: info.kernel,
      fileSystem: info.fileSystem,
    },
    versions: {
      engine: facts.version,
      node: process.versions.node,
      ...versions,
      ...(bed.restic && { restic: bed.restic.version }),
      ...(bed.rsync && { rsync: bed.rsync.version }),
    },
    volume: { size: bed.size, files: info.files, bytes: info.bytes, change: averageOf(bed.changes) },
  };
}

/** Asks where the volume is: the engine may run in a virtual machine. */
async function readContainer({ operations, volume }: Bed) {
  const script = `uname -r; df --output=fstype /data | tail -1; find /data -type f -printf '%s\\n' | awk '{ s += $1 } END { print NR; print s }'
    tar --version | head -1; gzip --version | head -1; cp --version | head -1`;
  const output = (await operations.test.run(volume, ['sh', '-ec', script])).toString();
  const [kernel = '', fileSystem = '', files, bytes, ...tools] = output.trim().split('\n');
  const versionOf = (line: string | undefined) => line?.split(' ').at(-1) ?? '';
  return {
    info: { kernel, fileSystem, files: Number(files), bytes: Number(bytes) },
    versions: { tar: versionOf(tools[0]), gzip: versionOf(tools[1]), coreutils: versionOf(tools[2]) },
  };
}

function averageOf(changes: Bed['changes']): { files: number; bytes: number } {
  const average = (of: (change: Bed['changes'][number]) => number) =>
    Math.round(changes.reduce((sum, change) => sum + of(change), 0) / changes.length);
  return { files: average(({ files }) => files), bytes: average(({ bytes }) => bytes) };
}
