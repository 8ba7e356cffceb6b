import { mkdtemp, rm } from 'node:fs/promises';
import * as os from 'node:os';
import * as path from 'node:path';
import { EngineDoor } from './engineDoor';
import { SampleVolumes } from './sampleVolumes';
import { deleteSnapshotsOf } from './storedSnapshots';
import { loadTestbed, type Testbed, type WorkbenchPage } from './testbed';

export interface Stage {
  testbed: Testbed;
  /** The engine itself; the workbench reaches it through the door. */
  host: string;
  door: EngineDoor;
  samples: SampleVolumes;
  workbench: WorkbenchPage;
  /** Of VS Code's server. */
  pid: number;
  /** Of VS Code: settings, and what the extension keeps. */
  profile: string;
  /** What the page has written to the browser's console as errors. */
  consoleErrors: string[];
}

const closers: (() => Promise<unknown>)[] = [];

/** One workbench for all suites: starting it takes longer than most of them. */
export let stage: Stage;

export async function openStage(): Promise<void> {
  const testbed = await loadTestbed();
  testbed.atEnd(closeStage); // also when the tests are interrupted
  const host = await testbed.findEngine();
  if (!host) throw new Error('No engine answers: npm run test:ui provides one.');
  const scratch = await mkdtemp(path.join(os.tmpdir(), 'ui-'));
  closers.push(() => rm(scratch, { recursive: true, force: true, maxRetries: 5 }));
  const door = new EngineDoor(path.join(scratch, 'docker.sock'), host);
  closers.push(() => door.close());
  const profile = path.join(scratch, 'profile');
  const server = await testbed.startWorkbench({
    userDataDir: profile,
    settings: testbed.pageSettings,
    env: { ...process.env, DOCKER_HOST: `unix://${door.socket}`, TMPDIR: scratch },
  });
  closers.push(() => server.stop());
  const { page, close } = await testbed.openWorkbench(server, {
    extensionPath: process.cwd(),
    size: { width: 1280, height: 1400 }, // room for the volumes of a developer's engine
  });
  closers.push(close);
  const consoleErrors: string[] = [];
  page.on('console', (message) => message.type() === 'error' && consoleErrors.push(message.text()));
  page.on('pageerror', (error) => consoleErrors.push(String(error)));
  const samples = new SampleVolumes(testbed, host);
  closers.push(() => deleteSnapshotsOf(samples.prefix, host));
  closers.push(() => samples[Symbol.asyncDispose]());
  const workbench = new testbed.WorkbenchPage(page);
  stage = { testbed, host, door, samples, workbench, pid: server.pid, profile, consoleErrors };
}

/** Newest first; one failure does not keep the others from being closed. */
export async function closeStage(): Promise<void> {
  const failures: unknown[] = [];
  for (const close of closers.splice(0).reverse()) await close().catch((error: unknown) => failures.push(error));
  if (failures.length > 0) throw new AggregateError(failures, 'could not close everything');
}

/** Leaves nothing of a test on the screen; of a failed one a picture. */
export async function tidyUp(test: Mocha.Test | undefined): Promise<void> {
  const { workbench } = stage;
  if (test?.state === 'failed') {
    const name = test.fullTitle().replace(/[^\p{L}\p{N}]+/gu, '-');
    await workbench.screenshot(path.join('test-results', `${name}.png`));
  }
  await workbench.dismissAll();
}
