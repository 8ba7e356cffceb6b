import { analysisOf, type Analysis } from '../../core/analysis/analysis';
import type { AgentMethods } from '../../core/agentProtocol';
import type { Entry } from '../../core/entry';
import { Losses } from '../losses';
import type { Pace } from '../pace';
import { fromMet, scan } from '../scan';
import { VolumeStore } from '../store/volumeStore';
import type { Tree } from '../tree';

/** Of a snapshot, by its manifest alone; else of the volume as it is now. */
export async function analyseVolume(
  store: () => string,
  tree: () => Tree,
  { volume, snapshot, since, at }: AgentMethods['volume.analyse']['params'],
  pace: Pace,
): Promise<Analysis> {
  pace.phase('scan');
  const entriesOf = async (id: string): Promise<readonly Entry[]> =>
    (await new VolumeStore(store(), volume).readManifest(id)).entries;
  const entries =
    snapshot === undefined ? await scan(tree(), pace, new Losses(), { keep: fromMet }) : await entriesOf(snapshot);
  const before = since === undefined ? undefined : await entriesOf(since);
  pace.count(entries.length, 0);
  return analysisOf(entries, Date.parse(at), before);
}
