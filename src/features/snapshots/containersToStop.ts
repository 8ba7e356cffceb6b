import { stoppedForRestore } from '../../core/operations';
import type { EngineConnection } from '../connection/engineConnection';

/**
 * Names of the containers that a restore of these volumes stops. Rejects with what would refuse the restore, so that nobody
 * is asked in vain.
 */
export async function containersToStop(volumes: readonly string[], connection: EngineConnection): Promise<string[]> {
  const { signal } = new AbortController();
  const engine = await connection.engine();
  const inspected = await Promise.all(volumes.map((volume) => engine.inspectVolume(volume, signal)));
  return (await stoppedForRestore(engine, inspected, signal)).map(({ name }) => name);
}
