import type { Endpoint } from './endpoint';
import type { Surroundings } from './surroundings';

/** One way to find an engine. */
export interface EngineStrategy {
  name: string;
  /**
   * `choice`: the user chose this engine, so its failure is final; falling through to another engine would show, and
   * change, somebody else's volumes. `guess`: a failure is logged and the next one is tried.
   */
  kind: 'choice' | 'guess';
  /** The choice is our own setting, which people can correct in VS Code. */
  isSetting?: true;
  /** Empty when this way does not apply. Rejects with a `Failure` when a choice cannot be understood. */
  candidates(surroundings: Surroundings): Promise<Candidate[]>;
}

export interface Candidate {
  endpoint: Endpoint;
  /** For people: "Docker Desktop", the name of a context. */
  label: string;
}
