import type { FreezeJournal, OwnContainer, Owner } from './engine';

/** What is created is started at once; what was not has lost its owner. */
const startingMs = 60_000;
/** Putting the agent into its image takes two long requests to a container that is never started. */
const makingImageMs = 600_000;
/** A journal that we cannot read is left alone for so long: what made it may not be what we think. */
const unreadableMs = 60_000;
/** A helper ends shortly before its operation closes the journal. */
const closingMs = 5_000;

type Found = Pick<OwnContainer, 'role' | 'state' | 'createdAt'>;

/** Whether a helper has an agent, or will have one in a moment. The agent ends when its owner dies. */
export function isAtWork({ role, state, createdAt }: Found, now: number): boolean {
  if (state === 'created') return now - createdAt <= (role === 'image' ? makingImageMs : startingMs);
  return state === 'running' || state === 'paused' || state === 'restarting';
}

/** Whether an owner left it behind; one that the engine is removing needs nobody. */
export function isLeftBehind(found: Found, now: number): boolean {
  const passing = found.role === 'helper' || found.role === 'image';
  return passing && found.state !== 'removing' && !isAtWork(found, now);
}

/**
 * Whether a journal's owner lives: it does as long as a helper that it works with. A later operation's helper on the
 * same volume has the same name and is of another owner.
 */
export function isOwned(journal: FreezeJournal, own: readonly OwnContainer[], now: number): boolean {
  return own.some((found) => isHelperOf(journal, found) && isAtWork(found, now));
}

/**
 * Whether the owner of a journal that we cannot read is dead. Whichever helper it works with was there before its journal:
 * as long as one of that age is at work, it may be that one.
 */
export function isUnreadableLeftBehind(
  { unreadableJournal, createdAt }: OwnContainer,
  own: readonly OwnContainer[],
  now: number,
): boolean {
  if (unreadableJournal === undefined || now - createdAt <= unreadableMs) return false;
  return !own.some((found) => found.role === 'helper' && found.createdAt <= createdAt && isAtWork(found, now));
}

export function isHelperOf(journal: FreezeJournal, { name, owner }: OwnContainer): boolean {
  // Other versions may leave the owner out: then the name has to do.
  return journal.helpers.includes(name) && (!owner || isSameOwner(owner, journal.owner));
}

export function isSameOwner(a: Owner, b: Owner): boolean {
  return a.host === b.host && a.pid === b.pid;
}

/** Whether waiting for the end of a freeze is of no use. */
export function isAbandoned(
  { journal, createdAt }: Pick<OwnContainer, 'journal' | 'createdAt'>,
  own: readonly OwnContainer[],
  now: number,
): boolean {
  return !(journal && isOwned(journal, own, now)) && now - createdAt > closingMs;
}
