import { Failure, isFailure } from '../../core/failure';
import { readEngineFacts, type EngineFacts } from '../engineFacts';
import { Wire } from '../wire';
import { toFailure } from '../wireErrors';
import { contextStrategy } from './contextStrategy';
import { dockerHostStrategy } from './dockerHostStrategy';
import { describeEndpoint, type Endpoint } from './endpoint';
import { openDocker } from './openDocker';
import { permissionAdvice } from './permissionAdvice';
import { settingStrategy } from './settingStrategy';
import type { Candidate, EngineStrategy } from './strategy';
import type { Surroundings } from './surroundings';
import { wellKnownStrategy } from './wellKnownStrategy';

export interface FoundEngine {
  endpoint: Endpoint;
  wire: Wire;
  facts: EngineFacts;
  close: () => void;
}

export function engineStrategies(setting: string): EngineStrategy[] {
  return [settingStrategy(setting), dockerHostStrategy, contextStrategy, wellKnownStrategy];
}

/** Tries the strategies in order. Rejects with the failure of the user's choice, else with the most telling one. */
export async function findEngine(
  strategies: EngineStrategy[],
  surroundings: Surroundings,
  log: (line: string) => void,
  signal: AbortSignal,
): Promise<FoundEngine> {
  const failures: Failure[] = [];
  for (const strategy of strategies) {
    const candidates = await strategy.candidates(surroundings).catch((error: unknown) => {
      log(`${strategy.name}: ${String(error)}`);
      throw chosenBy(strategy, error);
    });
    if (candidates.length === 0) log(`${strategy.name}: not set`);
    for (const candidate of candidates) {
      const attempt = `${strategy.name}: ${describeEndpoint(candidate.endpoint)}`;
      try {
        const found = await tryEngine(candidate, surroundings, log, signal);
        log(`${attempt}: ${found.facts.name} ${found.facts.version}`);
        return found;
      } catch (error) {
        if (!isFailure(error)) throw error;
        log(`${attempt}: ${error.message}`);
        if (strategy.kind === 'choice') throw chosenBy(strategy, error);
        failures.push(error);
      }
    }
  }
  throw mostTelling(failures);
}

/** Connects to one endpoint and asks who is there. */
export async function tryEngine(
  { endpoint, label }: Candidate,
  surroundings: Surroundings,
  log: (line: string) => void,
  signal: AbortSignal,
): Promise<FoundEngine> {
  const { docker, close } = openDocker(endpoint);
  const wire = new Wire(docker, describeEndpoint(endpoint), log);
  try {
    return { endpoint, wire, close, facts: await readEngineFacts(wire, label, signal) };
  } catch (error) {
    close();
    throw await explain(error, endpoint, surroundings);
  }
}

async function explain(error: unknown, endpoint: Endpoint, surroundings: Surroundings): Promise<Error> {
  const failure = toFailure(error);
  if (!isFailure(failure)) return failure;
  if (isFailure(failure, 'enginePermissionDenied'))
    return new Failure(failure.code, await permissionAdvice(endpoint, surroundings));
  // Nobody listens there: not an engine that was lost, but none.
  const code = failure.code === 'engineLost' ? 'engineNotFound' : failure.code;
  return new Failure(code, { ...failure.details, endpoint: describeEndpoint(endpoint) }, { cause: failure.cause });
}

/** That nobody answers may be the address's fault, and then "start Docker" is no advice. */
function chosenBy({ isSetting }: EngineStrategy, error: unknown): unknown {
  if (!isSetting || !isFailure(error, 'engineNotFound', 'engineNotAnswering')) return error;
  return new Failure(error.code, { ...error.details, setting: true }, { cause: error.cause });
}

/** Of several sockets that failed, the one that exists but refuses us says more than those that are not there. */
function mostTelling(failures: Failure[]): Failure {
  const order = ['enginePermissionDenied', 'engineNotAnswering', 'engineWindowsContainers', 'engineError'] as const;
  for (const code of order) {
    const found = failures.find((failure) => failure.code === code);
    if (found) return found;
  }
  return new Failure('engineNotFound', {});
}
