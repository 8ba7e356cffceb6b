import type { ContainerDetails } from '../engine';

/**
 * Containers in the order in which they have to start: a container comes after those whose namespaces it shares, that it
 * is linked to, and after the Compose services it depends on. Stop them in the reverse order. Independent ones keep
 * their given order, and a cycle is broken where it is entered.
 */
export function startOrder(containers: readonly ContainerDetails[]): ContainerDetails[] {
  const ordered = new Set<ContainerDetails>();
  const visiting = new Set<ContainerDetails>();
  const visit = (container: ContainerDetails) => {
    if (ordered.has(container) || visiting.has(container)) return;
    visiting.add(container);
    containers.filter((other) => needs(container, other)).forEach(visit);
    ordered.add(container);
  };
  containers.forEach(visit);
  return [...ordered];
}

/** Works on each container as soon as that is done for all it needs, on independent ones at the same time. */
export function inStartOrder(
  containers: readonly ContainerDetails[],
  work: (container: ContainerDetails, needed: ContainerDetails[]) => Promise<void>,
): Promise<void> {
  return inOrder(startOrder(containers), needs, work);
}

/** Works on each container as soon as that is done for all that need it. */
export function inStopOrder(
  containers: readonly ContainerDetails[],
  work: (container: ContainerDetails) => Promise<void>,
): Promise<void> {
  return inOrder(startOrder(containers).reverse(), (container, other) => needs(other, container), work);
}

/** Whether a container may only start once another one is healthy. */
export function needsHealthy(container: ContainerDetails, other: ContainerDetails): boolean {
  return composeCondition(container, other) === 'service_healthy';
}

/** A failure is said when nothing is under way any more; those that come after a failed one are left out. */
async function inOrder(
  ordered: readonly ContainerDetails[],
  after: (container: ContainerDetails, other: ContainerDetails) => boolean,
  work: (container: ContainerDetails, others: ContainerDetails[]) => Promise<void>,
): Promise<void> {
  const begun: { container: ContainerDetails; done: Promise<void> }[] = [];
  for (const container of ordered) {
    // Only earlier ones, so that a cycle waits for nothing.
    const before = begun.filter((earlier) => after(container, earlier.container));
    const others = before.map((earlier) => earlier.container);
    const done = Promise.all(before.map((earlier) => earlier.done)).then(() => work(container, others));
    begun.push({ container, done });
  }
  const failed = (await Promise.allSettled(begun.map(({ done }) => done))).find(({ status }) => status === 'rejected');
  if (failed?.status === 'rejected') throw failed.reason;
}

function needs(container: ContainerDetails, other: ContainerDetails): boolean {
  return (
    container.sharesNamespaceOf.includes(other.id) ||
    container.links.includes(other.name) ||
    composeCondition(container, other) !== undefined
  );
}

/** What a container's Compose service waits for in another's before it starts, such as `service_healthy`. */
function composeCondition({ labels }: ContainerDetails, { labels: others }: ContainerDetails): string | undefined {
  const project = labels['com.docker.compose.project'];
  const service = others['com.docker.compose.service'];
  if (!project || !service || others['com.docker.compose.project'] !== project) return undefined;
  // Compose writes `db:service_healthy:true,cache:service_started:false`.
  const dependency = (labels['com.docker.compose.depends_on'] ?? '')
    .split(',')
    .map((each) => each.split(':'))
    .find(([name]) => name === service);
  return dependency && (dependency[1] ?? 'service_started');
}
