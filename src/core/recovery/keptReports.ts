import { randomUUID } from 'node:crypto';
import { mkdir, readdir, readFile, rename, unlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { Failure, isFailure } from '../failure';
import { watchFolder } from '../watchFolder';
import { nothingRecovered, type RecoveryReport } from './report';

/**
 * Reports of recoveries that nobody could be told of when they happened, for VS Code was dead: files in one folder that all
 * windows share. Each is told once, by the window that removes its file.
 */
export class KeptReports {
  constructor(private readonly folder: string) {}

  async keep(report: RecoveryReport): Promise<void> {
    await mkdir(this.folder, { recursive: true });
    const file = path.join(this.folder, `${randomUUID()}.json`);
    const failures = report.failures.map(toPlain);
    // What a container wrote is never kept.
    const notUp = report.notUp.map((each) => ({ ...each, log: [] }));
    await writeFile(`${file}.tmp`, JSON.stringify({ ...report, notUp, failures }), { mode: 0o600 });
    await rename(`${file}.tmp`, file);
  }

  /** Those that nobody has taken yet; they are the caller's to tell. */
  async take(): Promise<RecoveryReport[]> {
    const names = await readdir(this.folder).catch(() => []);
    const files = names.filter((name) => name.endsWith('.json')).map((name) => path.join(this.folder, name));
    return (await Promise.all(files.map(takeOne))).filter((report) => report !== undefined);
  }

  /** Calls back whenever there may be a new one. Where a folder cannot be watched, they wait for the next start. */
  watch(listener: () => void): { dispose(): void } {
    return watchFolder(this.folder, listener);
  }
}

/** Undefined when another window was faster, or when it cannot be read. */
async function takeOne(file: string): Promise<RecoveryReport | undefined> {
  try {
    const text = await readFile(file, 'utf8');
    // Of several that remove it, one succeeds.
    await unlink(file);
    const { failures, ...report } = JSON.parse(text) as RecoveryReport & { failures: PlainFailure[] };
    // One of an earlier version may lack a list.
    return { ...nothingRecovered(), ...report, failures: failures.map(fromPlain) };
  } catch {
    return undefined;
  }
}

type PlainFailure = Pick<Failure, 'code' | 'details'> | { message: string };

function toPlain(failure: unknown): PlainFailure {
  if (!isFailure(failure)) return { message: String(failure) };
  const { code, details } = failure;
  // Nor what a command wrote in one.
  return { code, details: 'output' in details ? { ...details, output: '' } : details };
}

function fromPlain(plain: PlainFailure): unknown {
  return 'code' in plain ? new Failure(plain.code, plain.details) : new Error(plain.message);
}
