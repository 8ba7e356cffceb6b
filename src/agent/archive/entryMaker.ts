import * as fs from 'node:fs';
import type { Entry } from '../../core/entry';
import { isKept } from '../attributes';
import { close, makeDevice } from '../libc';
import type { Losses } from '../losses';
import type { Pace } from '../pace';
import type { NewObjects } from '../store/newObjects';
import type { Member } from './membersOf';

/** What of a member an entry is made of. */
type Described = Pick<Member, 'entry' | 'device' | 'extents' | 'content'>;

/** Makes entries of an archive's members, and objects of their content. */
export class EntryMaker {
  constructor(
    private readonly objects: NewObjects,
    private readonly losses: Losses,
    /** The highest inode that is taken. */
    private made = 0,
  ) {}

  async make({ entry: read, device, extents, content }: Described, pace: Pace): Promise<Entry> {
    const entry: Entry = {
      ...read,
      // Numbers of its own: they tell its hard links, and prove nothing.
      ino: BigInt(++this.made),
      ctime: 0n,
      nlink: 1,
      ...(device && { rdev: makeDevice(device.major, device.minor) }),
    };
    if (read.xattrs) this.keepXattrs(entry, read.xattrs);
    if (entry.type === 'file') entry.object = await this.write(entry.size, extents, content, pace);
    pace.count(entry.type === 'file' ? 1 : 0, 0);
    return entry;
  }

  /** One that an archive has no member for. */
  folder(path: string): Entry {
    const now = BigInt(Date.now()) * 1_000_000n;
    const owner = { uid: 0, gid: 0 };
    return {
      path,
      type: 'directory',
      mode: 0o755,
      ...owner,
      size: 0,
      mtime: now,
      ctime: 0n,
      ino: BigInt(++this.made),
      nlink: 1,
    };
  }

  private keepXattrs(entry: Entry, xattrs: [string, string][]): void {
    entry.xattrs = xattrs.filter(([name]) => isKept(name));
    if (entry.xattrs.length < xattrs.length) entry.lostXattrs = true;
    if (entry.xattrs.length === 0) delete entry.xattrs;
    this.losses.addOf(entry);
  }

  private async write(
    size: number,
    extents: Member['extents'],
    content: AsyncIterable<Buffer>,
    pace: Pace,
  ): Promise<string> {
    const { id, handle } = this.objects.create();
    try {
      const places = new Places(extents);
      for await (const piece of content) {
        for (let done = 0; done < piece.length;) {
          const [at, room] = places.next();
          const written = fs.writeSync(handle, piece, done, Math.min(room, piece.length - done), at);
          places.advance(written);
          done += written;
        }
        pace.count(0, piece.length);
        if (pace.dueNow()) await pace.turn();
      }
      const end = extents.at(-1)?.[1] ?? 0;
      if (end < size) fs.ftruncateSync(handle, size);
    } finally {
      close(handle);
    }
    return id;
  }
}

/** Where the next bytes of a file with holes belong. */
class Places {
  private current = 0;
  private at: number;

  constructor(private readonly extents: Member['extents']) {
    this.at = extents[0]?.[0] ?? 0;
  }

  next(): [at: number, room: number] {
    return [this.at, this.extents[this.current]![1] - this.at];
  }

  advance(bytes: number): void {
    this.at += bytes;
    if (this.at < this.extents[this.current]![1]) return;
    this.current++;
    this.at = this.extents[this.current]?.[0] ?? 0;
  }
}
