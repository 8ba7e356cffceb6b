import { parseArgs } from 'node:util';
import { sizes, type SizeName } from './generate/sizes';
import { asText, comparison, describe, phases } from './report/table';
import { writeResults } from './report/write';
import { runBench } from './runBench';

/** `npm run bench -- [--size smoke|small|full] [--runs N]`; only full runs are written to docs/. */
const { values } = parseArgs({
  options: { size: { type: 'string', default: 'full' }, runs: { type: 'string', default: '5' } },
});
const size = values.size as SizeName;
const runs = Number(values.runs);
if (!(size in sizes) || !(runs >= 1)) {
  console.error(`usage: npm run bench -- [--size ${Object.keys(sizes).join('|')}] [--runs N]`);
  process.exit(2);
}

const interrupted = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => interrupted.abort());

void runBench({ size, runs }, (line) => console.log(`• ${line}`), interrupted.signal)
  .then(async (bench) => {
    console.log(`\n${asText(comparison(bench))}\n\n${asText(phases(bench))}\n\n${describe(bench, runs)}`);
    if (size === 'full') await writeResults(bench, runs);
  })
  .catch((error: unknown) => {
    console.error(interrupted.signal.aborted ? 'interrupted' : error);
    process.exitCode = 1;
  })
  // An aborted measurement may still wait for an answer.
  .finally(() => process.exit());
