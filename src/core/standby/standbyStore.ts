import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { watchFolder } from '../watchFolder';
import type { Standby } from './standby';

/** The standbys that people have set up: files in one folder that all windows share. */
export class StandbyStore {
  constructor(private readonly folder: string) {}

  /** What cannot be read, or is of a newer version, is left alone. */
  async readAll(): Promise<Standby[]> {
    const names = (await readdir(this.folder).catch(() => [])).filter((name) => name.endsWith('.json'));
    const found = await Promise.all(names.map((name) => readOne(path.join(this.folder, name))));
    return found.filter((each) => each !== undefined).sort((a, b) => (a.here.volume < b.here.volume ? -1 : 1));
  }

  async read(id: string): Promise<Standby | undefined> {
    return readOne(this.file(id));
  }

  async write(standby: Standby): Promise<void> {
    await mkdir(this.folder, { recursive: true });
    const file = this.file(standby.id);
    await writeFile(`${file}.${process.pid}.tmp`, JSON.stringify(standby), { mode: 0o600 });
    await rename(`${file}.${process.pid}.tmp`, file);
  }

  async remove(id: string): Promise<void> {
    await rm(this.file(id), { force: true });
  }

  /** Calls back whenever one may have changed. Where a folder cannot be watched, other windows' changes are seen later. */
  watch(listener: () => void): { dispose(): void } {
    return watchFolder(this.folder, listener);
  }

  private file(id: string): string {
    return path.join(this.folder, `${id}.json`);
  }
}

async function readOne(file: string): Promise<Standby | undefined> {
  try {
    const standby = JSON.parse(await readFile(file, 'utf8')) as Standby;
    return standby.format === 1 ? standby : undefined;
  } catch {
    return undefined;
  }
}
