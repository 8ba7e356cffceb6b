import type { PartProgress, Run } from './run';

/** The same run, whose progress says how many bytes there have been a second, phase by phase. */
export function withRate(run: Run): Run {
  let since: { phase: string; at: number } | undefined;
  const rated = (progress: PartProgress): PartProgress => {
    const now = performance.now();
    if (since?.phase !== progress.phase) since = { phase: progress.phase, at: now };
    const seconds = (now - since.at) / 1_000;
    return seconds < 1 ? progress : { ...progress, bytesPerSecond: progress.bytes / seconds };
  };
  return {
    signal: run.signal,
    get current() {
      return run.current;
    },
    phase: (name) => run.phase(name),
    progress: (progress) => run.progress(rated(progress)),
    waitForHolder: (holder) => run.waitForHolder(holder),
    waitForContainers: (...what) => run.waitForContainers(...what),
    hold: (name, work) => run.hold(name, work),
    count: (figures) => run.count(figures),
    warn: (warning) => run.warn(warning),
  };
}
