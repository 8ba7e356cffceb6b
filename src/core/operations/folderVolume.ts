import type { Volume } from '../engine';
import { Failure, isFailure } from '../failure';
import { folderOf, folderVolumeSpec, type FileOwner } from '../folderVolumes';
import { ask } from './ask';
import { removeNew } from './newVolume';
import { openHelper } from './openHelper';
import type { Host, Run } from './run';

export interface FolderRequest {
  /** Of this machine, and of the engine's where that is the same one. */
  folder: string;
  /** As this machine sees it: the same numbers prove that the engine sees the same folder. */
  root: { ino: bigint; mtime: bigint };
  owner?: FileOwner;
}

/** The volume of a folder: the one that there is, or a new one. Rejects with folderNotOnEngine where the engine does not see that folder. */
export async function folderVolume(host: Host, { folder, root, owner }: FolderRequest, run: Run): Promise<Volume> {
  const { engine } = host;
  const volumes = await engine.listVolumes(run.signal);
  const present = volumes.find((volume) => folderOf(volume) === folder);
  run.phase('create');
  const taken = volumes.map(({ name }) => name);
  const volume = present ?? (await engine.createVolume(folderVolumeSpec(folder, owner, taken), run.signal));
  try {
    await using helper = await openHelper(
      engine,
      { operation: 'create', lock: volume.name, volume: { spec: volume, readOnly: true }, store: false },
      run,
    );
    const seen = await ask(helper, 'volume.root', {}, run);
    await helper.finish();
    if (seen.ino === String(root.ino) && seen.mtime === String(root.mtime)) return volume;
    throw new Failure('folderNotOnEngine', { folder });
  } catch (error) {
    if (!present) await removeNew(host, volume.name, error);
    if (isFailure(error, 'volumeNotMountable')) throw new Failure('folderNotOnEngine', { folder }, { cause: error });
    throw error;
  }
}
