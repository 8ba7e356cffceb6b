import { allAdded, type Changes } from '../changes';
import { fileOwnerIn } from '../folderVolumes';
import { ask } from './ask';
import { openHelper } from './openHelper';
import type { RestoreRequest } from './restore';
import type { Host, Run } from './run';

/**
 * What a restore would add, change and remove now. Only reads and takes no lock; an app that writes may be further when
 * the restore comes. Rejects with snapshotDamaged or volumeFull where the restore would.
 */
export async function previewRestore(
  host: Host,
  { snapshot, volume, anew }: RestoreRequest,
  run: Run,
): Promise<Changes> {
  if (anew) return allAdded(snapshot);
  const { engine } = host;
  const spec = await engine.inspectVolume(volume, run.signal);
  await using helper = await openHelper(
    engine,
    { operation: 'previewRestore', volume: { spec, readOnly: true }, store: true },
    run,
  );
  const owner = snapshot.volume.name === volume ? undefined : fileOwnerIn(spec);
  const goal = { source: snapshot.volume.name, snapshot: snapshot.id, target: spec, ...(owner && { owner }) };
  const changes = await ask(helper, 'restore.preview', goal, run);
  await helper.finish();
  return changes;
}

/** The same of several volumes, in the order of the requests. */
export async function previewRestores(host: Host, requests: readonly RestoreRequest[], run: Run): Promise<Changes[]> {
  const all: Changes[] = [];
  for (const request of requests) all.push(await previewRestore(host, request, run));
  return all;
}
