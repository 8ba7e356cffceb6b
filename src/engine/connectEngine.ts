import { startAgentSession } from '../core/agentClient/client';
import type { Owner } from '../core/engine';
import type { AgentFiles } from './agentImage';
import { addressStrategy } from './connection/addressStrategy';
import { oneContext } from './connection/dockerContexts';
import type { Endpoint } from './connection/endpoint';
import { engineStrategies, findEngine, tryEngine } from './connection/findEngine';
import type { EngineStrategy } from './connection/strategy';
import { thisMachine, type Surroundings } from './connection/surroundings';
import { DockerEngine } from './dockerEngine';
import { findFooting } from './footing';
import type { StartSession } from './helper/openHelper';
import { defaultNamespace, namesIn } from './names';

export interface ConnectOptions {
  /**
   * `dockerVolumes.engine`; empty: look for one. An endpoint is one that was found before (the watchdog). Or a Docker context
   * or an address that was chosen beside that.
   */
  engine: string | Endpoint | EngineChoice;
  agent: AgentFiles;
  owner: Owner;
  /** How to speak to an agent, when not in the usual way. */
  startSession?: StartSession;
  log: (line: string) => void;
  /** Of the containers, the store and its folder; tests use one of their own. */
  namespace?: string;
  surroundings?: Surroundings;
}

export type EngineChoice = { context: string } | { address: string };

/** Finds an engine and connects to it. Rejects with one of the `engine…` failures. */
export async function connectEngine(options: ConnectOptions, signal: AbortSignal): Promise<DockerEngine> {
  const {
    engine,
    agent,
    owner,
    startSession = startAgentSession,
    log,
    namespace = defaultNamespace,
    surroundings = thisMachine(),
  } = options;
  const found =
    typeof engine === 'string'
      ? await findEngine(engineStrategies(engine), surroundings, log, signal)
      : 'kind' in engine
        ? await tryEngine({ endpoint: engine, label: '' }, surroundings, log, signal)
        : await findEngine([strategyFor(engine)], surroundings, log, signal);
  const { endpoint, wire, facts, close } = found;
  const connection = { wire, facts, names: namesIn(namespace), agent, owner };
  return new DockerEngine({
    connection,
    endpoint,
    startSession,
    close,
    footing: await findFooting(wire, endpoint, surroundings),
  });
}

function strategyFor(choice: EngineChoice): EngineStrategy {
  return 'context' in choice ? oneContext(choice.context) : addressStrategy(choice.address);
}
