import { execFileSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';

export type FileSystem = 'ext4' | 'ext4-whole-seconds' | 'btrfs' | 'tmpfs';

/** A file system of its own for the tests of a `describe`: what they show depends on its type and size. */
export function useDisk(type: FileSystem, megabytes: number): { path: string } {
  const disk = { path: '' };
  before(function () {
    this.timeout(60_000);
    disk.path = fs.mkdtempSync(path.join(os.tmpdir(), `vfd-${type}-`));
    mount(type, megabytes, disk.path);
  });
  after(() => {
    execFileSync('umount', ['--lazy', disk.path]);
    fs.rmdirSync(disk.path);
    fs.rmSync(`${disk.path}.img`, { force: true });
  });
  return disk;
}

function mount(type: FileSystem, megabytes: number, at: string): void {
  if (type === 'tmpfs') {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${megabytes}m`, 'tmpfs', at]);
    return;
  }
  const image = `${at}.img`;
  fs.closeSync(fs.openSync(image, 'w'));
  fs.truncateSync(image, megabytes * 1024 * 1024);
  const quiet = { stdio: 'pipe' } as const;
  if (type === 'btrfs') execFileSync('mkfs.btrfs', ['-q', image], quiet);
  else
    execFileSync('mkfs.ext4', ['-q', '-b', '4096', '-I', type === 'ext4' ? '256' : '128', '-i', '4096', image], quiet);
  execFileSync('mount', ['-o', 'loop', image, at], quiet);
}
