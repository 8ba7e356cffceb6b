const MiB = 1024 ** 2;

/** Of one upload, by the protocol; and an object has 5 TB at most. */
export const maxParts = 10_000;

/**
 * How large the part of this number is (from 1) when it is full. Small for as long as it may be, for parts are held in
 * memory, and all of one size up to 16 GiB, which some storages insist on; then such that 10,000 of them make 5 TB.
 */
export function partBytes(number: number): number {
  return number <= 2_000 ? 8 * MiB : number <= 5_000 ? 64 * MiB : 1024 * MiB;
}

/** How many parts of a size are on their way at the same time. */
export function partsUnderWay(bytes: number): number {
  return bytes > 8 * MiB ? 1 : 3;
}
