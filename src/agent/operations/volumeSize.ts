import type { VolumeSize } from '../../core/agentProtocol';
import { linkGroup } from '../../core/hardLinks';
import { Losses } from '../losses';
import type { Pace } from '../pace';
import { fromMet, scan } from '../scan';
import type { Tree } from '../tree';

export async function volumeSize(tree: Tree, pace: Pace): Promise<VolumeSize> {
  pace.phase('scan');
  const size: VolumeSize = { entries: 0, files: 0, bytes: 0, allocatedBytes: 0 };
  const counted = new Set<bigint>();
  for (const entry of await scan(tree, pace, new Losses(), { keep: fromMet })) {
    size.entries++;
    if (entry.type === 'file') size.files++;
    const group = linkGroup(entry);
    if (group !== undefined && counted.has(group)) continue;
    if (group !== undefined) counted.add(group);
    size.bytes += entry.size;
    size.allocatedBytes += entry.allocatedBytes;
  }
  return size;
}
