import { escapeUnprintable } from './bytes';
import type { Database, DatabaseKind } from './database';
import type { Holder } from './engine';
import type { Loss } from './entry';
import type { Consistency } from './snapshotEntry';
import type { SyncHalt } from './syncRules';
import type { PhaseName } from './timings/record';

/**
 * The failures that we know and can explain, with the details that explain them. Each has one message and one action in
 * `src/ui/failureMessages.ts`; anything that is not a `Failure` is a bug and is logged with its stack.
 */
interface Catalogue {
  engineNotFound: Connection & FromSetting;
  enginePermissionDenied: Connection & { advice?: PermissionAdvice; group?: string };
  engineNotAnswering: Connection & FromSetting & { seconds?: number };
  engineWindowsContainers: Connection;
  engineLost: Connection & OfRestore;
  /** `status`: the HTTP status of the engine's refusal, `message` its words. */
  engineError: Connection & { status?: number };
  volumeNotFound: { volume: string };
  volumeRecreated: { volume: string };
  volumeExists: { volume: string };
  /** `containers`: that use it, in any state; none: the engine says that it is used, and not by what. */
  volumeInUse: { volume: string; containers: string[] };
  /** It was just made, and there is data in it: its driver and options name a place that was in use already. Nothing was written. */
  volumeNotEmpty: { volume: string };
  /** Its options hold a secret, which is not known here: it cannot be made anew with them. */
  volumeSecretUnknown: { volume: string };
  /** The two are the same data under two names, or one lies in the other. */
  volumesAreOne: { volume: string; other: string };
  /** Nothing was changed. */
  syncHalted: { source: string; target: string; why: SyncHalt };
  /** It happened on another engine than the one that is shown; what it was is the cause. */
  onOtherEngine: { engine: string; code: string };
  /** Two addresses of one engine. */
  engineIsTheSame: { engine: string };
  /** Containers use the copy of a volume that is the standby of another one; it was not written to. */
  standbyInUse: { volume: string; engine: string; primary: string; containers: string[] };
  /** Where an engine was expected that is known, another one answers. */
  engineIsAnother: { expected: string; found: string };
  /** `engine` was not heard when its standby took over, and answers again: what it holds may be newer than what was synced. */
  primaryIsBack: { volume: string; engine: string; since: string };
  /** Nothing was ever synced to it. */
  standbyEmpty: { engine: string };
  /** A container of the standby's engine could not be started, so that the primary is in use as before. */
  failOverRefused: { container: string; reason: string };
  /** What came from another engine is not what was sent; what has arrived before is kept. */
  transferDamaged: { reason: string };
  volumeNotMountable: { volume: string; reason: string };
  volumeBusy: { volume: string } & Holder;
  /** `dead`: its owner is gone, so waiting is of no use and recovery has to put back what it froze. */
  freezeBusy: { volume?: string; dead: boolean } & Holder;
  /** What another version wrote down of containers that it had frozen; its text. */
  journalUnreadable: { journal: string };
  freezeOverBudget: { seconds: number };
  freezeUndone: { container: string };
  containerCannotPause: { container: string };
  /** `sharesWith`: it does not use the volume, but shares a namespace of this one, which has to stop. */
  containerPausedByUser: { container: string; sharesWith?: string };
  containerWouldBeRemoved: { container: string };
  containerIsOurs: { container: string };
  /** A label that says nothing we understand; `on`: name of the container or volume that has it. */
  labelInvalid: { label: string; value: string; on: string };
  /** A command of the user's labels. Without `exitCode` it had not ended after `seconds`. `output`: the end of it. */
  hookFailed: { container: string; label: string; output: string } & CommandEnd;
  /** What is known of a database did not work in this container. */
  databaseNotPrepared: { container: string; database: DatabaseKind; output: string } & CommandEnd;
  containerServesEngine: { container: string };
  /** What is at a path of a container that data is to be persisted of. */
  containerPathNotFolder: { container: string; path: string; why: 'missing' | 'symlink' | 'other' };
  /** Data that is to be persisted is on a mount (`at`) already; or one lies within its folder, and is no part of it. */
  containerPathMounted: { container: string; path: string; at: string };
  /** What another container would lose when this one is replaced: a namespace of it, its link to it, or data that both have. */
  containerTied: { container: string; others: string[]; by: 'namespace' | 'link' | 'volume' };
  /** The new one was removed, and the old one is in its place again. `output`: the end of its log. */
  replacementNotUp: { container: string; why: 'refused' | 'ended' | 'unhealthy'; reason?: string; output: string };
  /** Neither the old container nor the new one is known to have its place: recovery decides. */
  replacementIncomplete: { container: string };
  /** There is no other container that has taken its place, or would. */
  containerNotReplaced: { container: string };
  /** Its manager starts another one as soon as it stops. */
  containerIsManaged: { container: string; by: 'Swarm' | 'Kubernetes' };
  /** The snapshot is `then`'s, and the containers that use the volume (`users`) are made for `now`. Nothing was changed. */
  databaseVersionDiffers: { volume: string; then: Database; now: Database; users: string[] };
  /** `reason`: the engine's words, or the image's architecture. */
  agentImageMissing: { image: string; why: ImageProblem; reason: string };
  agentLost: { reason: string; stderr?: string } & OfRestore;
  agentFailed: { message: string };
  /** Bytes. */
  storeFull: { needed: number; free: number };
  volumeFull: { needed: number; free: number };
  /** What was said to be a backup of ours is not whole. Nothing of it was kept. */
  backupDamaged: { reason: string; file?: string };
  /** It does not end like a backup of ours; it may be one that was cut off. */
  backupWithoutProof: { file: string };
  /** A newer version has written it. */
  backupTooNew: { file: string; tool: string };
  /** It is encrypted for a `lock` that none of the known keys or passphrases opens; `isTried`: there was one. */
  backupLocked: { file: string; lock: 'key' | 'passphrase'; isTried: boolean };
  /** It holds only what has changed since `link`, which is not there, or not as it was. */
  backupChainBroken: { file: string; link: string; reason: string };
  /** The snapshot has been backed up at this destination. */
  backupThere: { file: string };
  backupNotReadable: { file: string; reason: string };
  /** A file is to be put where a folder is, or the other way round. `path`: as bytes (latin1). Nothing was changed. */
  copyConflict: { volume: string; path: string };
  /** The engine is on another machine, or does not see this one's folders. */
  folderNotOnEngine: { folder: string };
  /** Something in a folder that a volume was to be made of. `file`: for people. */
  folderNotReadable: { file: string; reason: string };
  /** `file`: where the backup was to be; a path or an address. */
  destinationFull: { file: string };
  destinationNotWritable: { file: string; reason: string };
  /** `destination`: a path or an address, without secrets. */
  destinationNotReached: { destination: string; reason: string };
  /** It answers, and does not take who we say we are, or does not let them do this. */
  destinationRefused: { destination: string; reason: string };
  /** A snapshot was deleted, but its space stays taken: what another one needs, which cannot be read, is not known. */
  spaceNotFreed: { volume: string; reason: string };
  /** The snapshot that was to be the only way back does not hold all that was there. */
  snapshotNotWhole: { volume: string; losses: Loss[]; consistency: Consistency };
  /** `name` has all of the data; the engine did not remove `volume`, or not all of it. */
  oldVolumeStays: { volume: string; name: string; reason: string };
  snapshotNotFound: { volume: string; snapshot: string };
  snapshotDamaged: { snapshot: string; reason: string; path?: string };
  /** Content that earlier snapshots share is gone from the store; the next snapshot copies everything. */
  storeDamaged: { volume: string; object: string };
  /** `container`: uses the volume, so that the restore cannot be finished under it. */
  restorePending: { volume: string; snapshot: string; container?: string };
  restoreIncomplete: { volume: string; path?: string; reason?: string };
  /** It could not be made what it was to be, and is again what it was. */
  restoreTurnedBack: { volume: string; path?: string; reason?: string };
  /** A container began to use the volume before the switch, so nothing was changed. */
  volumeChangedDuringRestore: { container: string };
  /** Something was written after the safety snapshot, so nothing was changed. */
  volumeChangedMeanwhile: { volume: string; path: string };
}

interface CommandEnd {
  exitCode?: number;
  seconds?: number;
}

interface OfRestore {
  /** What became of the restore over which it was lost: it had changed nothing, and will not; or it was carried out. */
  restore?: 'notDone' | 'done';
}

interface FromSetting {
  /** The setting `dockerVolumes.engine` names it. */
  setting?: boolean;
}

/** Facts about a connection that failed; without credentials. */
interface Connection {
  endpoint?: string;
  context?: string;
  reason?: string;
  message?: string;
}

/**
 * Why a socket refused us: `group` (join the socket's group), `login` (is a member already, but this session began
 * before), `rootless` (the socket is another user's; use the user's own engine).
 */
export type PermissionAdvice = 'group' | 'login' | 'rootless' | 'other';

/**
 * Why the agent has no image. Not pulled: the registry has none of this name, wants a login, or does not answer the engine.
 * There, but of no use: without Node, or for an architecture for which there is no agent.
 */
export type ImageProblem = 'notFound' | 'denied' | 'unreachable' | 'notPulled' | 'noNode' | 'architecture';

export type FailureCode = keyof Catalogue;
export type FailureDetails<Code extends FailureCode = FailureCode> = Catalogue[Code];

export class Failure<Code extends FailureCode = FailureCode> extends Error {
  /** The phase that failed; filled in by the operation that ran it. */
  step?: PhaseName;

  constructor(
    readonly code: Code,
    readonly details: FailureDetails<Code>,
    options?: ErrorOptions,
  ) {
    // For logs: a file's name must not fake or break a line of one.
    super(escapeUnprintable(`${code} ${JSON.stringify(details, withoutOutput)}`), options);
    this.name = 'Failure';
  }
}

/** What the user's programs write may hold secrets: people see it, and no log of ours has it. */
function withoutOutput(name: string, value: unknown): unknown {
  return name === 'output' ? undefined : value;
}

/** Whether an error is a failure that we know: any, or of these codes. (`instanceof` would lose the details' types.) */
export function isFailure<Code extends FailureCode = FailureCode>(
  error: unknown,
  ...codes: Code[]
): error is Failure<Code> {
  return error instanceof Failure && (codes.length === 0 || (codes as string[]).includes(error.code as string));
}

/** The engine definitely said no; everything else that a request to it rejects with leaves open what was done. */
export function isRefusal(error: unknown): boolean {
  return isFailure(error, 'engineError') && error.details.status !== undefined;
}

/** Thrown when the user cancelled; shown as nothing. */
export class Cancelled extends Error {
  constructor() {
    super('cancelled');
    this.name = 'Cancelled';
  }
}

export function throwIfCancelled(signal: AbortSignal): void {
  if (signal.aborted) throw new Cancelled();
}
