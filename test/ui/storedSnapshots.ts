import * as os from 'node:os';
import { startAgentSession } from '../../src/core/agentClient/client';
import { connectEngine } from '../../src/engine';
import { builtAgent } from '../fixtures/engine';

const never = new AbortController().signal;

/** Deletes what the tests have put into the store, which is the engine's real one. */
export async function deleteSnapshotsOf(prefix: string, host: string): Promise<void> {
  const owner = { host: os.hostname(), pid: process.pid };
  const agent = { ...builtAgent, baseImage: 'node:24-slim' };
  const engine = await connectEngine(
    { engine: host, agent, owner, startSession: startAgentSession, log: () => {} },
    never,
  );
  try {
    const { snapshots } = await engine.readCatalog(never);
    const ours = snapshots.filter(({ volume }) => volume.name.startsWith(prefix));
    for (const name of new Set(ours.map(({ volume }) => volume.name))) {
      await using helper = await engine.openHelper({ operation: 'deleteSnapshot', lock: name, store: true }, never);
      for (const { id } of ours.filter(({ volume }) => volume.name === name)) {
        await helper.request('snapshot.delete', { volume: name, snapshot: id }, { signal: never });
      }
      await helper.finish();
    }
  } finally {
    engine.dispose();
  }
}
