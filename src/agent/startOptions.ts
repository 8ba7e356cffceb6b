import { parseArgs } from 'node:util';

const option = { type: 'string' } as const;

/** What the agent was started with. The silence limit is given by tests only. */
export const { values: startOptions } = parseArgs({
  options: { store: option, volume: option, 'silence-limit': option },
});
