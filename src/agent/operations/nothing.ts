import * as fs from 'node:fs';
import type { Entry } from '../../core/entry';
import type { SnapshotEntry, SnapshotRequest, VolumeSpec } from '../../core/snapshotEntry';
import { readDetails } from '../attributes';
import type { Pace } from '../pace';
import type { Tree } from '../tree';
import { storeTree } from './storeTree';

const request: SnapshotRequest = {
  kind: 'safety',
  purpose: 'source',
  note: '',
  consistency: 'stopped',
  users: [],
  frozenMs: 0,
};

/** A snapshot of the mounted volume with nothing in it but its root folder, as that is: what an emptied volume is restored to. */
export function storeNothing(root: string, tree: Tree, volume: VolumeSpec, pace: Pace): Promise<SnapshotEntry> {
  const now = new Date();
  const read = () => Promise.resolve([rootFolder(tree, now)]);
  const nothing = { time: now.toISOString(), losses: [], totals: {}, request, refuseTooLarge: () => {}, read };
  return storeTree(root, volume, nothing, pace);
}

function rootFolder(tree: Tree, now: Date): Entry {
  const { mode, uid, gid, ino, nlink } = fs.fstatSync(tree.rootHandle, { bigint: true });
  const entry: Entry = {
    path: '',
    type: 'directory',
    mode: Number(mode) & 0o7777,
    uid: Number(uid),
    gid: Number(gid),
    size: 0,
    // What was in it is removed now.
    mtime: BigInt(now.getTime()) * 1_000_000n,
    ctime: 0n,
    ino,
    nlink: Number(nlink),
  };
  readDetails(tree, entry);
  return entry;
}
