import { clearUpAfter } from './clearUpAfter';
import { deleteSnapshot } from './deleteSnapshot';
import { withSignal } from './inParallel';
import { importToNewVolume, type ImportRequest } from './importBackup';
import type { Host, Run } from './run';
import { newTrialName } from './trialVolumes';

/**
 * Restores a backup to a new volume, all of the way, and removes that again: what its proof cannot show is that this engine has
 * the room and the means for it. Resolves with the files and bytes that were there.
 */
export async function trialRestore(
  host: Host,
  request: ImportRequest,
  run: Run,
): Promise<{ files: number; bytes: number }> {
  const name = newTrialName();
  const { volume, snapshot } = await importToNewVolume(host, { ...request, name }, run);
  const uncancelled = withSignal(run, new AbortController().signal);
  try {
    await host.engine.removeVolume(volume.name);
  } catch (error) {
    await clearUpAfter(error, () => deleteSnapshot(host, { snapshot }, uncancelled));
    throw error;
  }
  await deleteSnapshot(host, { snapshot }, uncancelled);
  return { files: snapshot.files, bytes: snapshot.totalBytes };
}
