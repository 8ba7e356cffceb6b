import { parseArgs } from 'node:util';
import { isMainThread } from 'node:worker_threads';
import { Walker } from './walker/walker';

/**
 * Both threads begin here, and load no more than they need: the walking thread is the later one to be ready, so it is
 * started before this one loads anything else.
 */
async function startAgent(): Promise<void> {
  const option = { type: 'string' } as const;
  // The silence limit is given by tests only.
  const { values } = parseArgs({ options: { store: option, volume: option, 'silence-limit': option } });
  const walker = values.volume === undefined ? undefined : new Walker(values.volume);
  const { runAgent } = await import('./agent');
  const limit = values['silence-limit'];
  await runAgent({ store: values.store, walker, silenceLimitMs: limit === undefined ? undefined : Number(limit) });
}

async function startWalking(): Promise<void> {
  const { serveWalks } = await import('./walker/thread');
  serveWalks();
}

(isMainThread ? startAgent() : startWalking()).catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`);
  process.exit(2);
});
