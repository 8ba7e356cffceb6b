import { getSystemErrorName } from 'node:util';
import koffi from 'koffi';

/**
 * The calls of libc that Node does not have, or has not for bytes and folder handles. All of libc is declared here.
 *
 * Names and paths are latin1 strings, one char a byte. `folder` is a handle of an open folder. Calls throw an error with
 * a `code` ('ENOENT' …), as Node's do, unless they say otherwise.
 */
const libc = koffi.load('libc.so.6');

const c = {
  openat: libc.func('int openat(int, const void*, int, unsigned int)'),
  close: libc.func('int close(int)'),
  statx: libc.func('int statx(int, const void*, int, unsigned int, void*)'),
  statxByAddress: libc.func('int statx(int, uintptr_t, int, unsigned int, uintptr_t)'),
  getdents64: libc.func('int64_t syscall(int64_t, int, void*, size_t)'),
  openat2: libc.func('int64_t syscall(int64_t, int, const void*, const void*, size_t)'),
  unlinkat: libc.func('int unlinkat(int, const void*, int)'),
  mkdirat: libc.func('int mkdirat(int, const void*, unsigned int)'),
  symlinkat: libc.func('int symlinkat(const void*, int, const void*)'),
  linkat: libc.func('int linkat(int, const void*, int, const void*, int)'),
  mknodat: libc.func('int mknodat(int, const void*, unsigned int, uint64_t)'),
  readlinkat: libc.func('int64_t readlinkat(int, const void*, void*, size_t)'),
  fchownat: libc.func('int fchownat(int, const void*, unsigned int, unsigned int, int)'),
  fchmodat: libc.func('int fchmodat(int, const void*, unsigned int, int)'),
  utimensat: libc.func('int utimensat(int, const void*, const void*, int)'),
  llistxattr: libc.func('int64_t llistxattr(const void*, void*, size_t)'),
  lgetxattr: libc.func('int64_t lgetxattr(const void*, const void*, void*, size_t)'),
  lsetxattr: libc.func('int lsetxattr(const void*, const void*, const void*, size_t, int)'),
  lremovexattr: libc.func('int lremovexattr(const void*, const void*)'),
  ioctl: libc.func('int ioctl(int, unsigned long, int)'),
  copy_file_range: libc.func('int64_t copy_file_range(int, void*, int, void*, size_t, unsigned int)'),
  lseek: libc.func('int64_t lseek(int, int64_t, int)'),
  syncfs: libc.func('int syncfs(int)'),
  _exit: libc.func('void _exit(int)'),
};

/** From the headers of Linux; equal on x64 and arm64 but for O_DIRECTORY and O_NOFOLLOW. */
const arm = process.arch === 'arm64';
export const flag = {
  readOnly: 0,
  writeOnly: 1,
  readWrite: 2,
  create: 0o100,
  exclusive: 0o200,
  nonBlock: 0o4000,
  folder: arm ? 0o40000 : 0o200000,
  noFollow: arm ? 0o100000 : 0o400000,
  noAtime: 0o1000000,
  closeOnExec: 0o2000000,
  temporary: 0o20000000 | (arm ? 0o40000 : 0o200000),
} as const;
const AT_SYMLINK_NOFOLLOW = 0x100;
const AT_REMOVEDIR = 0x200;
const AT_EMPTY_PATH = 0x1000;
const AT_FDCWD = -100;
const STATX_BASIC_STATS = 0x7ff;
const STATX_BTIME = 0x800;
const UTIME_OMIT = 0x3ffffffen;
const FICLONE = 0x40049409;
const SEEK_DATA = 3;
const SEEK_HOLE = 4;
/** glibc has no function for these, or not in all versions that Node runs on. */
const SYS_getdents64 = arm ? 61 : 217;
const SYS_openat2 = 437;
const RESOLVE_BENEATH_WITHOUT_SYMLINKS = 0x08n | 0x04n;

export function systemError(call: string, path: string, number = koffi.errno()): NodeJS.ErrnoException {
  const code = getSystemErrorName(-number);
  return Object.assign(new Error(`${code}: ${call} '${path}'`), { code, errno: -number, syscall: call, path });
}

export function hasCode(error: unknown, ...codes: string[]): boolean {
  return error instanceof Error && codes.includes((error as NodeJS.ErrnoException).code ?? '');
}

function check(result: number, call: string, path: string): number {
  if (result < 0) throw systemError(call, path);
  return result;
}

export function cString(latin1: string): Buffer {
  return Buffer.from(latin1 + '\0', 'latin1');
}

export function openAt(folder: number, name: string, flags: number, mode = 0): number {
  return check(c.openat(folder, cString(name), flags | flag.closeOnExec, mode) as number, 'openat', name);
}

/** As `openAt`, for a path of several names below `folder`, none of which may be a symlink (then ELOOP). Linux ≥ 5.6. */
export function openBeneath(folder: number, path: string, flags: number): number {
  const how = Buffer.alloc(24);
  how.writeBigUInt64LE(BigInt(flags | flag.closeOnExec), 0);
  how.writeBigUInt64LE(RESOLVE_BENEATH_WITHOUT_SYMLINKS, 16);
  return check(Number(c.openat2(SYS_openat2, folder, cString(path), how, how.length)), 'openat2', path);
}

export function openPath(path: string, flags: number): number {
  return openAt(AT_FDCWD, path, flags);
}

export function close(handle: number): void {
  c.close(handle);
}

/** What statx filled in; valid until the next call. */
export const stat = (() => {
  const bytes = Buffer.alloc(256);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const time = (at: number) => view.getBigInt64(at, true) * 1_000_000_000n + BigInt(view.getUint32(at + 8, true));
  return {
    bytes,
    nlink: () => view.getUint32(16, true),
    uid: () => view.getUint32(20, true),
    gid: () => view.getUint32(24, true),
    mode: () => view.getUint16(28, true),
    ino: () => view.getBigUint64(32, true),
    size: () => Number(view.getBigUint64(40, true)),
    allocatedBytes: () => Number(view.getBigUint64(48, true)) * 512,
    /** undefined where the file system does not know; only from `statHandle`. */
    birth: () => (view.getUint32(0, true) & STATX_BTIME ? time(80) : undefined),
    ctime: () => time(96),
    mtime: () => time(112),
    /** As st_rdev. */
    rdev: () => makeDevice(view.getUint32(128, true), view.getUint32(132, true)),
    /** Tells devices apart; asked once an entry, so it is no st_dev, which takes more to build. */
    device: () => view.getUint32(136, true) * 0x1_0000_0000 + view.getUint32(140, true),
  };
})();

/** As glibc's makedev. */
export function makeDevice(major: number, minor: number): number {
  const [high, low] = [BigInt(major), BigInt(minor)];
  return Number((low & 0xffn) | ((high & 0xfffn) << 8n) | ((low & ~0xffn) << 12n) | ((high & ~0xfffn) << 32n));
}

/** Fills `stat`; false when there is nothing of that name. */
export function statAt(folder: number, name: string): boolean {
  return found(c.statx(folder, cString(name), AT_SYMLINK_NOFOLLOW, STATX_BASIC_STATS, stat.bytes) as number, name);
}

function found(result: number, name: string): boolean {
  if (result === 0) return true;
  const error = systemError('statx', name);
  if (error.code === 'ENOENT') return false;
  throw error;
}

const emptyName = cString('');

/** Fills `stat` from an open file. */
export function statHandle(handle: number): void {
  check(
    c.statx(handle, emptyName, AT_EMPTY_PATH, STATX_BASIC_STATS | STATX_BTIME, stat.bytes) as number,
    'statx',
    `#${handle}`,
  );
}

/**
 * The entries of open folders, piece by piece, as `linux_dirent64` records in one buffer. Names are handed to the kernel
 * where they are: a scan does this for every entry.
 */
export const folderRecords = (() => {
  const bytes = Buffer.alloc(128 * 1024);
  const address = Number(koffi.address(bytes));
  const statAddress = Number(koffi.address(stat.bytes));
  return {
    bytes,
    /** Reads the next ones; returns their bytes, 0 at the end. */
    read: (folder: number) =>
      check(Number(c.getdents64(SYS_getdents64, folder, bytes, bytes.length)), 'getdents64', `#${folder}`),
    /** As `statAt`, of the name that begins at `at` and ends with a zero byte at `end`. */
    statAt: (folder: number, at: number, end: number) => {
      const result = c.statxByAddress(
        folder,
        address + at,
        AT_SYMLINK_NOFOLLOW,
        STATX_BASIC_STATS,
        statAddress,
      ) as number;
      return result === 0 || found(result, bytes.toString('latin1', at, end));
    },
  };
})();

export function unlinkAt(folder: number, name: string, isFolder: boolean): void {
  check(c.unlinkat(folder, cString(name), isFolder ? AT_REMOVEDIR : 0) as number, 'unlinkat', name);
}

export function makeFolderAt(folder: number, name: string, mode: number): void {
  check(c.mkdirat(folder, cString(name), mode) as number, 'mkdirat', name);
}

export function symlinkAt(target: string, folder: number, name: string): void {
  check(c.symlinkat(cString(target), folder, cString(name)) as number, 'symlinkat', name);
}

/** A symlink gets a second name itself; it is not followed. */
export function linkAt(fromFolder: number, from: string, folder: number, name: string): void {
  check(c.linkat(fromFolder, cString(from), folder, cString(name), 0) as number, 'linkat', name);
}

/** `mode` with its file type bits (S_IFIFO, S_IFCHR, S_IFBLK). */
export function makeNodeAt(folder: number, name: string, mode: number, rdev: number): void {
  check(c.mknodat(folder, cString(name), mode, BigInt(rdev)) as number, 'mknodat', name);
}

const targetBuffer = Buffer.alloc(4096);

export function readLinkAt(folder: number, name: string): string {
  const length = Number(c.readlinkat(folder, cString(name), targetBuffer, targetBuffer.length));
  check(length, 'readlinkat', name);
  return targetBuffer.toString('latin1', 0, length);
}

export function chownAt(folder: number, name: string, uid: number, gid: number): void {
  check(c.fchownat(folder, cString(name), uid, gid, AT_SYMLINK_NOFOLLOW) as number, 'fchownat', name);
}

/** Follows a symlink (Linux has no other way): call only for what is known to be none. */
export function chmodAt(folder: number, name: string, mode: number): void {
  check(c.fchmodat(folder, cString(name), mode, 0) as number, 'fchmodat', name);
}

/** Nanoseconds; the access time stays. */
export function setMtimeAt(folder: number, name: string, mtime: bigint): void {
  const second = 1_000_000_000n;
  const fraction = ((mtime % second) + second) % second;
  const times = Buffer.alloc(32);
  times.writeBigInt64LE(UTIME_OMIT, 8);
  times.writeBigInt64LE((mtime - fraction) / second, 16);
  times.writeBigInt64LE(fraction, 24);
  check(c.utimensat(folder, cString(name), times, AT_SYMLINK_NOFOLLOW) as number, 'utimensat', name);
}

const xattrLimit = 65536;
const xattrBuffer = Buffer.alloc(xattrLimit);

/** Names of the extended attributes, unsorted; none where the file system has no such thing. */
export function listXattrs(path: string): string[] {
  const length = Number(c.llistxattr(cString(path), xattrBuffer, xattrLimit));
  if (length === 0) return [];
  if (length > 0) return xattrBuffer.toString('latin1', 0, length - 1).split('\0');
  const error = systemError('llistxattr', path);
  if (error.code === 'ENOTSUP' || error.code === 'EOPNOTSUPP') return [];
  throw error;
}

export function getXattr(path: string, name: string): string {
  const length = Number(c.lgetxattr(cString(path), cString(name), xattrBuffer, xattrLimit));
  check(length, 'lgetxattr', path);
  return xattrBuffer.toString('latin1', 0, length);
}

export function setXattr(path: string, name: string, value: string): void {
  const bytes = Buffer.from(value, 'latin1');
  check(c.lsetxattr(cString(path), cString(name), bytes, bytes.length, 0) as number, 'lsetxattr', path);
}

export function removeXattr(path: string, name: string): void {
  check(c.lremovexattr(cString(path), cString(name)) as number, 'lremovexattr', path);
}

/** Makes `to` share the blocks of `from`; false where the file system cannot. */
export function clone(from: number, to: number): boolean {
  if (c.ioctl(to, FICLONE, from) === 0) return true;
  const error = systemError('FICLONE', `#${from}`);
  if (['ENOSPC', 'EDQUOT', 'EIO'].includes(error.code ?? '')) throw error;
  return false;
}

/** Copies at the handles' positions and returns the bytes copied, 0 at the end of `from`. */
export function copyRange(from: number, to: number, bytes: number): number {
  return check(Number(c.copy_file_range(from, null, to, null, bytes, 0)), 'copy_file_range', `#${from}`);
}

/** The next extent with data at or after `offset`, as [start, end]; undefined when only a hole is left. */
export function nextData(handle: number, offset: number): [start: number, end: number] | undefined {
  const start = Number(c.lseek(handle, offset, SEEK_DATA));
  if (start < 0) {
    const error = systemError('lseek', `#${handle}`);
    if (error.code === 'ENXIO') return undefined;
    throw error;
  }
  return [start, check(Number(c.lseek(handle, start, SEEK_HOLE)), 'lseek', `#${handle}`)];
}

export function seek(handle: number, offset: number): void {
  check(Number(c.lseek(handle, offset, 0)), 'lseek', `#${handle}`);
}

/** Writes back a whole file system; on a thread of its own, for it can take many seconds. */
export function flushFileSystem(handle: number): Promise<void> {
  return new Promise((resolve, reject) => {
    c.syncfs.async(handle, (error: unknown, result: number) => {
      // errno belongs to the other thread; whatever it was, data did not reach the disk.
      if (error || result !== 0) reject(error instanceof Error ? error : systemError('syncfs', `#${handle}`, 5));
      else resolve();
    });
  });
}

/**
 * Ends the process at once, with all its threads. `process.exit` would stop the JavaScript of the walking thread first,
 * and a call of libc that it is in then aborts the process (napi_throw).
 */
export function exitNow(code: number): never {
  c._exit(code);
  throw new Error('not reached');
}
