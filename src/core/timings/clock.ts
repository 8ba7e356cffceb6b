/** Time as a parameter. `monotonic` never steps back and is what durations are measured with. */
export interface Clock {
  /** Milliseconds from an arbitrary start. */
  monotonic(): number;
  date(): Date;
}

export const systemClock: Clock = {
  monotonic: () => performance.now(),
  date: () => new Date(),
};
