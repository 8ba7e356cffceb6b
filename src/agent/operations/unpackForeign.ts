import * as fs from 'node:fs';
import type { AgentMethods } from '../../core/agentProtocol';
import { Failure } from '../../core/failure';
import type { SnapshotEntry } from '../../core/snapshotEntry';
import { Arriving } from '../archive/arriving';
import { decompressed } from '../archive/decompressed';
import { foreignMembersOf } from '../archive/foreignMembers';
import { ForeignTree } from '../archive/foreignTree';
import { putOver } from '../archive/putOver';
import type { HostData } from '../hostData';
import type { Pace } from '../pace';
import { ensureRoom, freeBytes } from '../space';
import type { VolumeStore } from '../store/volumeStore';
import { orDamaged } from './orDamaged';
import { storeTree } from './storeTree';

type Unpack = AgentMethods['snapshot.unpackForeign'];

/** Nobody has said how large it is: the engine's disk is not filled to the last byte for it. */
const reserveShare = 0.02;
const lookEvery = 64 * 1024 * 1024;

/** Makes a tar that anybody made, compressed or not, a snapshot of a volume. It proves nothing but that it has an end. */
export function unpackForeign(
  root: string,
  { volume, note, within, over, purpose, losses = [], ...totals }: Unpack['params'],
  data: HostData,
  pace: Pace,
): Promise<SnapshotEntry> {
  const arriving = new Arriving(data);
  const read: Parameters<typeof storeTree>[2]['read'] = ({ store, objects, losses: lost }) =>
    orDamaged(async () => {
      const base = over === undefined ? undefined : (await store.readManifest(over)).entries;
      const taken = base?.reduce((most, { ino }) => Math.max(most, Number(ino)), 0);
      const tree = new ForeignTree(objects, lost, within, taken);
      const tar = arriving.decompressed(whileThereIsRoom(decompressed(arriving.bytes), store));
      const members = foreignMembersOf(tar);
      for (
        let next = await pace.orCancelled(members.next());
        !next.done;
        next = await pace.orCancelled(members.next())
      ) {
        await pace.orCancelled(tree.add(next.value, pace));
        if (pace.due()) await pace.turn();
      }
      return base ? putOver(volume.name, base, tree.finish()) : tree.finish();
    });
  const kind = purpose ? { kind: 'safety' as const, purpose } : { kind: 'user' as const };
  const request = { ...kind, note, consistency: 'live' as const, users: [], frozenMs: 0 };
  const time = new Date().toISOString();
  const stages = () => arriving.stages();
  const refuseTooLarge = ({ at }: VolumeStore) => ensureRoom('storeFull', totals.totalBytes ?? 0, freeBytes(at.folder));
  const tree = { time, request, losses, totals, stages, refuseTooLarge, read };
  return storeTree(root, volume, tree, pace);
}

async function* whileThereIsRoom(bytes: AsyncIterable<Buffer>, { at }: VolumeStore) {
  const { blocks, bsize } = fs.statfsSync(at.folder);
  const reserve = blocks * bsize * reserveShare;
  let seen = 0;
  let look = 0;
  for await (const piece of bytes) {
    seen += piece.length;
    if (seen >= look) {
      const free = freeBytes(at.folder);
      if (free < reserve) throw new Failure('storeFull', { needed: reserve, free });
      look = seen + Math.min(lookEvery, free - reserve);
    }
    yield piece;
  }
}
