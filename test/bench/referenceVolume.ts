import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { Volume } from '../../src/core/engine';
import type { TestEngine } from '../fixtures/engine';
import type { Changed } from './generate/change';
import type { SizeName } from './generate/sizes';

const image = 'node:24-slim';

/** Makes a volume with the reference tree; the same bytes on every machine. */
export async function makeReferenceVolume(engine: TestEngine, size: SizeName): Promise<Volume> {
  const volume = await engine.createVolume('reference');
  await generate(engine, volume, ['make', '/data', size]);
  return volume;
}

/** Makes change number N of a fixed sequence of changes of about 2 %. */
export async function changeVolume(
  engine: TestEngine,
  volume: Volume,
  size: SizeName,
  number: number,
): Promise<Changed> {
  const output = await generate(engine, volume, ['change', '/data', size, String(number)]);
  return JSON.parse(output.toString()) as Changed;
}

/** Inside the engine: written straight into the volume, with the owners a database has. */
function generate(engine: TestEngine, volume: Volume, args: string[]): Promise<Buffer> {
  const script = readFileSync(path.resolve('out/test/bench/generate/generate.main.js'), 'utf8');
  return engine.run(volume, ['node', '-e', script, ...args], { image });
}
