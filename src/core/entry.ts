/**
 * One entry of a file tree, as the agent's scan sees it and as a manifest keeps it.
 *
 * File names are bytes. `path`, `target` and xattr names and values hold one byte per UTF-16 code unit (latin1), never
 * decoded text; decode for display only (see `bytes.ts`).
 */
export interface Entry {
  /** Relative to the volume's root, without leading slash; the root folder itself is `''`. */
  path: string;
  type: EntryType;
  /** Permission bits, including setuid, setgid and sticky (0o7777). */
  mode: number;
  uid: number;
  gid: number;
  /** Bytes; 0 for everything but files. */
  size: number;
  /** Nanoseconds since the epoch, may be negative. */
  mtime: bigint;
  ctime: bigint;
  /** Entries of one scan that are not directories and share `ino` are hard links of each other. */
  ino: bigint;
  nlink: number;
  /** Symlinks only. */
  target?: string;
  /** Character and block devices only, as `st_rdev`. */
  rdev?: number;
  /** Extended attributes, POSIX ACLs among them, as [name, value]. Absent when there are none. */
  xattrs?: [name: string, value: string][];
  /** Had attributes that cannot be kept; remembered, so that every snapshot of the unchanged entry says so. */
  lostXattrs?: true;
  /** Files in a manifest only: the object that holds the content. */
  object?: string;
}

export type EntryType = 'file' | 'directory' | 'symlink' | 'fifo' | 'char' | 'block' | 'socket';

/** Something that a snapshot or restore could not keep; every loss is said to the user (invariant 8). */
export interface Loss {
  kind: 'socket' | 'xattr' | 'overlay' | 'other-file-system' | 'vanished' | 'torn' | 'excluded';
  /** How many entries; `path` is the first of them, as bytes (latin1). */
  count: number;
  path: string;
}
