import { isMainThread } from 'node:worker_threads';
import { startOptions } from '../startOptions';
import { Walker } from './walker';

/**
 * The agent's walker. It is made before the rest of the agent is loaded, for its thread takes longer to be ready than the
 * agent itself, and is the first thing that a request waits for.
 */
export const walker = isMainThread && startOptions.volume !== undefined ? new Walker(startOptions.volume) : undefined;
