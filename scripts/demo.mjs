// @ts-check
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { installDependencies, top } from './dependencies.mjs';
import { atEnd, isInterrupted, stopAll } from './testbed/at-end.mjs';
import { run } from './testbed/processes.mjs';
import { step } from './testbed/step.mjs';

/**
 * `npm run demo`: VS Code with the extension, on sample volumes of which one is written to all the time; Ctrl+C ends it.
 * `npm run demo -- --tour`: the main job through the real user interface, without a person, with screenshots.
 */
const { values } = parseArgs({
  options: {
    tour: { type: 'boolean', default: false },
    images: { type: 'string', default: join(top, 'docs', 'images') },
  },
});

let exitCode = 1;
try {
  await main();
  exitCode = 0;
} catch (error) {
  if (!isInterrupted()) {
    console.error(error); // with its cause
  }
}
await stopAll();
process.exit(process.exitCode ?? exitCode);

async function main() {
  await installDependencies();
  // These need the packages.
  const { provideEngine } = await import('./testbed/provide-engine.mjs');
  const { makeSamples, removeSampleContainers } = await import('./demo/samples.mjs');
  const { openDesktop, openServer } = await import('./demo/open.mjs');
  const { findDesktopVSCode } = await import('./testbed/vscode.mjs');

  const scratch = await mkdtemp(join(tmpdir(), 'vfd-demo-'));
  atEnd(() => rm(scratch, { recursive: true, force: true, maxRetries: 5 }));
  const vsix = join(scratch, 'volumes-for-docker.vsix');
  await step('build', () => run(process.execPath, [join(top, 'scripts', 'package.mjs'), '--out', vsix]));
  const { host } = await provideEngine();
  await step('sample volumes', async (say) => {
    say(await makeSamples(host, { fresh: values.tour }));
    atEnd(() => removeSampleContainers(host));
  });

  const desktop = values.tour ? undefined : findDesktopVSCode();
  if (desktop) {
    await openDesktop(desktop, { host, scratch });
    return;
  }
  const server = await openServer({ host, scratch, vsix });
  if (values.tour) {
    const { tour } = await import('./demo/tour.mjs');
    await tour({ host, server, images: values.images });
    return;
  }
  console.log(`\nVS Code: ${server.url}\nOpen “Docker Volumes” in its activity bar. Ctrl+C ends everything.`);
  await server.ended;
  throw new Error("VS Code's server has ended");
}
