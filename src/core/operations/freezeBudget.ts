import type { PassResult } from '../agentProtocol';
import type { Container } from '../engine';
import { Cancelled } from '../failure';
import { estimatedMs } from './runningPasses';
import type { Host } from './run';

/** An estimate is one: when someone agrees to a long freeze, it may take this many times longer. */
const leeway = 3;

/**
 * How long the containers may be paused, in milliseconds: the setting or, when the last pass will clearly take longer,
 * what the user agrees to. Rejects with Cancelled when the user does not.
 */
export async function agreedBudget(
  host: Host,
  running: readonly PassResult[][],
  containers: readonly Container[],
): Promise<number> {
  const { settings } = host;
  const estimate = Math.max(...running.map(estimatedMs));
  if (estimate <= settings.freezeBudgetMs) return settings.freezeBudgetMs;
  const agreed = await host.confirmLongFreeze({
    seconds: estimate / 1000,
    containers: containers.map(({ name }) => name),
  });
  if (!agreed) throw new Cancelled();
  return Math.max(settings.freezeBudgetMs, estimate * leeway);
}
