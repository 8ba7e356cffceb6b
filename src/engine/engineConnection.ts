import type { Owner } from '../core/engine';
import type { AgentFiles } from './agentImage';
import type { EngineFacts } from './engineFacts';
import type { Names } from './names';
import type { Wire } from './wire';

/** What everything that makes containers on an engine works with. */
export interface Connection {
  wire: Wire;
  facts: EngineFacts;
  names: Names;
  agent: AgentFiles;
  /** Written into labels, so that others can say who holds a lock. */
  owner: Owner;
}
