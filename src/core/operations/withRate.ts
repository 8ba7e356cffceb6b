import type { PartProgress, Run } from './run';

/** Before that, what has been is no measure of what is to come. */
const soonestMs = 1_000;

/** The same run, whose progress says how many bytes there have been a second, phase by phase, and how long the rest takes at that. */
export function withRate(run: Run, now = () => performance.now()): Run {
  let since: { phase: string; at: number } | undefined;
  return withProgress(run, (progress) => {
    if (since?.phase !== progress.phase) since = { phase: progress.phase, at: now() };
    const { bytes, totalBytes = 0 } = progress;
    const ms = now() - since.at;
    if (ms < soonestMs || bytes === 0) return progress;
    const bytesPerSecond = (bytes / ms) * 1_000;
    if (bytes >= totalBytes) return { ...progress, bytesPerSecond };
    return { ...progress, bytesPerSecond, secondsLeft: (totalBytes - bytes) / bytesPerSecond };
  });
}

/** The same run, whose progress says how long the rest takes where only the share that is done is known, and not the whole. */
export function withTimeLeft(run: Run, share: () => number, now = () => performance.now()): Run {
  const since = now();
  return withProgress(run, (progress) => {
    const ms = now() - since;
    const done = share();
    return ms < soonestMs || done <= 0 ? progress : { ...progress, secondsLeft: ((ms / 1_000) * (1 - done)) / done };
  });
}

/** The same run with something more, or else, in its progress. */
export function withProgress(run: Run, change: (progress: PartProgress) => PartProgress): Run {
  return {
    signal: run.signal,
    get current() {
      return run.current;
    },
    phase: (name) => run.phase(name),
    progress: (progress) => run.progress(change(progress)),
    waitForHolder: (holder) => run.waitForHolder(holder),
    waitForContainers: (...what) => run.waitForContainers(...what),
    hold: (name, work) => run.hold(name, work),
    count: (figures) => run.count(figures),
    holds: (databases) => run.holds(databases),
    warn: (warning) => run.warn(warning),
  };
}
