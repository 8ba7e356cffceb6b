import type { EngineConnection } from '../connection/engineConnection';
import { isLoss } from '../connection/engineConnection';
import type { LiveInventory } from './liveInventory';

/** Asks the connected engine anew. That it is gone is told to the connection, which says so and comes back by itself. */
export async function loadInventory(connection: EngineConnection, inventory: LiveInventory): Promise<void> {
  const { state } = connection;
  if (state.kind !== 'connected') return;
  try {
    await inventory.load(state.engine);
  } catch (error) {
    if (!isLoss(error)) throw error;
    connection.lost(state.engine);
  }
}

/** The command: a failed connection is tried anew, else the lists are read again. */
export async function refresh(connection: EngineConnection, inventory: LiveInventory): Promise<void> {
  if (connection.state.kind === 'connected') await loadInventory(connection, inventory);
  else await connection.reconnect().catch(() => undefined); // the view says why
}
