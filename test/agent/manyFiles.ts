import { setTimeout } from 'node:timers/promises';
import type { Sandbox } from './sandbox';

/** Enough that every phase takes a while. */
export const many = 1500;

export async function manyFiles(box: Sandbox): Promise<void> {
  for (let n = 0; n < many; n++) box.write(`folder${n % 7}/file${n}`, `content ${n}`.repeat(n % 50));
  await setTimeout(30);
}
