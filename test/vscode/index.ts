import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import Mocha from 'mocha';
import { leaveNothing } from './extension';

/** Entry of the extension-host tier: VS Code calls it inside the extension host, once. */
export async function run(): Promise<void> {
  const mocha = new Mocha({ timeout: 60_000, reporter: process.env.VFD_REPORTER ?? 'spec' });
  mocha.rootHooks({ afterAll: leaveNothing });
  for (const name of readdirSync(__dirname).filter((name) => name.endsWith('.test.js'))) {
    mocha.addFile(join(__dirname, name));
  }
  const failures = await new Promise<number>((resolve) => mocha.run(resolve));
  if (failures > 0) {
    throw new Error(`${failures} failed`);
  }
}
