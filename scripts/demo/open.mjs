// @ts-check
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { top } from '../dependencies.mjs';
import { atEnd } from '../testbed/at-end.mjs';
import { cached } from '../testbed/cache.mjs';
import { provideCodeServer } from '../testbed/install-code-server.mjs';
import { endProcess, run } from '../testbed/processes.mjs';
import { step } from '../testbed/step.mjs';
import { seedSettings } from '../testbed/vscode-settings.mjs';
import { startWorkbench } from '../testbed/vscode.mjs';
import { pageSettings } from '../testbed/workbench-page.mjs';

/**
 * Opens the desktop VS Code in a profile of its own and waits until its window is closed. In the user's own profile a
 * running VS Code would take the window over, and nothing would be left to wait for.
 * @param {string} executable
 * @param {{ host: string, scratch: string }} options
 */
export async function openDesktop(executable, { host, scratch }) {
  const profile = await cached('demo-profile');
  await seedSettings(profile);
  const args = [
    ...[`--extensionDevelopmentPath=${top}`, `--user-data-dir=${profile}`],
    ...[`--extensions-dir=${join(profile, 'extensions')}`, '--disable-workspace-trust', await sampleFolder(scratch)],
  ];
  const code = spawn(executable, args, { env: { ...process.env, DOCKER_HOST: host }, stdio: 'ignore' });
  const { pid } = code;
  if (pid) {
    atEnd(() => endProcess(pid));
  }
  console.log(`\nVS Code is opening: ${executable}\nClosing its window, or Ctrl+C, ends everything.`);
  await once(code, 'exit');
}

/**
 * Starts VS Code for a browser, with the packaged extension installed in it.
 * @param {{ host: string, scratch: string, vsix: string }} options
 */
export async function openServer({ host, scratch, vsix }) {
  const { node, entry } = await provideCodeServer();
  const userDataDir = join(scratch, 'profile');
  const extensionsDir = join(userDataDir, 'extensions');
  const temporary = join(scratch, 'tmp'); // every start leaves sockets there
  await mkdir(temporary);
  const env = { ...process.env, DOCKER_HOST: host, TMPDIR: temporary };
  return step('VS Code', async () => {
    await mkdir(userDataDir, { recursive: true });
    const config = join(userDataDir, 'config.yaml');
    await writeFile(config, '');
    const folders = ['--config', config, '--user-data-dir', userDataDir, '--extensions-dir', extensionsDir];
    await run(node, [entry, ...folders, '--install-extension', vsix], { env });
    const folder = await sampleFolder(scratch);
    const started = await startWorkbench({ userDataDir, extensionsDir, folder, env, settings: pageSettings });
    atEnd(() => started.stop());
    return started;
  });
}

/** Something to look at in the explorer. @param {string} scratch */
async function sampleFolder(scratch) {
  const folder = join(scratch, 'demo-shop');
  await mkdir(folder, { recursive: true });
  await writeFile(
    join(folder, 'README.md'),
    '# Demo shop\n\nOpen “Docker Volumes” in the activity bar and right-click a volume.\n',
  );
  return folder;
}
