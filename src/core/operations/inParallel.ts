import type { Run, RunFigures } from './run';

/**
 * Does the same for all of them at once. Progress is shown of the first that is not done. When one fails, the others are
 * cancelled and waited for: none is under way any more when the first failure is thrown.
 */
export async function inParallel<T, R>(
  items: readonly T[],
  run: Run,
  work: (item: T, run: Run) => Promise<R>,
): Promise<R[]> {
  const failed = new AbortController();
  const signal = AbortSignal.any([run.signal, failed.signal]);
  const pending = new Set(items);
  const errors: unknown[] = [];
  const results = await Promise.all(
    items.map(async (item) => {
      const isShown = () => pending.values().next().value === item;
      try {
        return await work(item, showing(run, signal, isShown));
      } catch (error) {
        errors.push(error);
        failed.abort();
        return undefined;
      } finally {
        pending.delete(item);
      }
    }),
  );
  if (errors.length > 0) throw errors[0];
  return results as R[];
}

/** The same run with another signal. */
export function withSignal(run: Run, signal: AbortSignal): Run {
  return showing(run, signal, () => true);
}

/** The same run, of which a part's work is no figure of the operation's own: that of a snapshot which it takes for itself. */
export function uncounted(run: Run): Run {
  return Object.assign(withSignal(run, run.signal), {
    count: ({ downtimeMs = 0 }: Partial<RunFigures>) => run.count({ downtimeMs }),
  });
}

/** The same run, of which only one at a time is to be seen. */
function showing(run: Run, signal: AbortSignal, isShown: () => boolean): Run {
  return {
    signal,
    get current() {
      return run.current;
    },
    phase: (name) => isShown() && run.phase(name),
    progress: (progress) => isShown() && run.progress(progress),
    waitForHolder: (holder) => run.waitForHolder(holder),
    waitForContainers: (...what) => isShown() && run.waitForContainers(...what),
    hold: (name, work) => run.hold(name, work),
    count: (figures) => run.count(figures),
    holds: (databases) => run.holds(databases),
    warn: (warning) => run.warn(warning),
  };
}
