const MiB = 1024 ** 2;

/** Of one upload, by the protocol. */
export const maxParts = 10_000;

/** For an upload of which nobody has said how long it may be: up to 625 GiB. */
const usualBytes = 64 * MiB;

/**
 * How large each part of an upload is, but for the last one: all are of one size, which some storages insist on (Cloudflare R2).
 * As small as may be for that many bytes at most, for parts are held in memory.
 */
export function partBytes(atMost?: number): number {
  if (atMost === undefined) return usualBytes;
  return Math.max(8, Math.ceil(atMost / maxParts / MiB)) * MiB;
}

/** How many parts of a size are on their way at the same time. */
export function partsUnderWay(bytes: number): number {
  return bytes > 16 * MiB ? 1 : 3;
}

/** Of those on their way, and the one that is gathered. */
export function bytesInMemory(part: number): number {
  return part * (partsUnderWay(part) + 1);
}
