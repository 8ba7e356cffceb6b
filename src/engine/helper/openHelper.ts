import type { AgentSession, AgentTransport } from '../../core/agentClient/session';
import type { HelperRequest, Volume } from '../../core/engine';
import { Cancelled, Failure, throwIfCancelled } from '../../core/failure';
import { baseImageOf, ensureAgentImage } from '../agentImage';
import { removeContainer } from '../containers';
import type { Connection } from '../engineConnection';
import { label } from '../labels';
import { deviceFolder, ensureStore, makeFolder } from '../store';
import { timeouts } from '../wire';
import { statusOf, wordsOf } from '../wireErrors';
import { findVolume, inspectVolume, removeVolume } from '../volumes';
import { attach } from './attach';
import { ContainerTransport } from './containerTransport';
import { createLocked } from './createLocked';
import { helperConfig } from './helperConfig';
import { waitForExit } from './waitForExit';

/** Speaks to an agent; the first thing it does is to wait for its greeting. */
export type StartSession = (transport: AgentTransport, signal: AbortSignal) => Promise<AgentSession>;

/** Opens a helper and the session with the agent in it. However it ends, the helper is gone after the session's disposal. */
export async function openHelper(
  connection: Connection,
  request: HelperRequest,
  startSession: StartSession,
  signal: AbortSignal,
): Promise<AgentSession> {
  const transport = await openTransport(connection, request, signal);
  try {
    return await startSession(transport, signal);
  } catch (error) {
    await transport.dispose();
    throw signal.aborted ? new Cancelled() : error;
  }
}

/** Create, attach, start. `command` replaces the agent, in tests. */
export async function openTransport(
  connection: Connection,
  request: HelperRequest,
  signal: AbortSignal,
  command?: string[],
): Promise<ContainerTransport> {
  const { wire, facts, agent, names } = connection;
  if (request.volume) await inspectVolume(wire, request.volume.spec.name, signal);
  const files = request.onPull ? { ...agent, onPull: request.onPull } : agent;
  const ensureImage = () => ensureAgentImage(wire, facts, files, names, signal);
  const image = await ensureImage();
  const store = request.store ? await ensureStore(connection, image) : undefined;
  const run = { image, ...(store && { store }), ...(command && { command }) };
  try {
    return await createAndStart(connection, request, run, signal);
  } catch (error) {
    // Another window, of another version, has just taken it for superseded.
    if (isImageGone(error)) return createAndStart(connection, request, { ...run, image: await ensureImage() }, signal);
    if (!store || !isStoreProblem(error, connection)) throw error;
    // The folder of the store was removed on the engine's machine.
    await makeFolder(connection, image);
    return createAndStart(connection, request, run, signal);
  }
}

async function createAndStart(
  connection: Connection,
  request: HelperRequest,
  run: { image: string; store?: Volume; command?: string[] },
  signal: AbortSignal,
): Promise<ContainerTransport> {
  const { wire, names } = connection;
  const name = request.lock === undefined ? names.unlocked(request.operation) : names.lock(request.lock);
  const config = { ...helperConfig(connection, request, { ...run, name }), name };
  const id = await createLocked(connection, config, signal).catch((error: unknown) => {
    throw isMountProblem(error) ? notMountable(request, error) : error;
  });
  let opened: { dispose(): Promise<void> } = { dispose: () => removeContainer(wire, id) };
  try {
    throwIfCancelled(signal);
    if (request.volume) await checkNotMade(connection, request.volume.spec.name, name);
    const [socket, wait] = await Promise.all([attach(wire, id), waitForExit(wire, id)]);
    const transport = new ContainerTransport(wire, id, socket, wait);
    opened = transport;
    throwIfCancelled(signal);
    await wire.call((docker, abortSignal) => docker.getContainer(id).start({ abortSignal }), {
      timeoutMs: timeouts.change,
    });
    throwIfCancelled(signal);
    return transport;
  } catch (error) {
    await opened.dispose();
    if (request.volume) await removeMade(connection, request.volume.spec.name, name);
    if (isMountProblem(error) && !isStoreProblem(error, connection)) throw notMountable(request, error);
    if (/executable file not found|no such file or directory.*node/i.test(wordsOf(error))) {
      const image = baseImageOf(connection.agent);
      throw new Failure('agentImageMissing', { image, why: 'noNode', reason: wordsOf(error) });
    }
    throw error;
  }
}

/** Mounting a volume that was just removed makes an empty one of its name; then it is not the volume that was asked for. */
async function checkNotMade({ wire }: Connection, volume: string, helper: string): Promise<void> {
  const { labels } = await inspectVolume(wire, volume);
  if (labels[label.madeBy] === helper) throw new Failure('volumeNotFound', { volume });
}

/** Its label proves that nobody but our mount made it. */
async function removeMade({ wire }: Connection, volume: string, helper: string): Promise<void> {
  const found = await findVolume(wire, volume);
  if (found?.labels[label.madeBy] === helper) await removeVolume(wire, volume);
}

function isImageGone(error: unknown): boolean {
  return statusOf(error) === 404 && /no such image/i.test(wordsOf(error));
}

function isMountProblem(error: unknown): boolean {
  // Our own names hold the word, too.
  const words = wordsOf(error).replace(/volumes-for-docker/g, '');
  return statusOf(error) !== undefined && /mount|volume|statfs/i.test(words) && !/no such image/i.test(words);
}

function isStoreProblem(error: unknown, connection: Connection): boolean {
  const words = wordsOf(error);
  return (
    isMountProblem(error) && (words.includes(connection.names.storeVolume) || words.includes(deviceFolder(connection)))
  );
}

function notMountable(request: HelperRequest, error: unknown): Failure {
  return new Failure('volumeNotMountable', { volume: request.volume?.spec.name ?? '', reason: wordsOf(error) });
}
