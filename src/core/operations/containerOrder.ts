import type { ContainerDetails } from '../engine';

/**
 * Containers in the order in which they have to start: a container comes after those whose namespaces it shares and
 * after the Compose services it depends on. Stop them in the reverse order. Independent ones keep their given order,
 * and a cycle is broken where it is entered.
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

function needs(container: ContainerDetails, other: ContainerDetails): boolean {
  if (container.sharesNamespaceOf.includes(other.id)) return true;
  const project = container.labels['com.docker.compose.project'];
  const service = other.labels['com.docker.compose.service'];
  if (!project || !service || other.labels['com.docker.compose.project'] !== project) return false;
  return composeDependencies(container).includes(service);
}

/** Compose writes the label as `db:service_healthy:true,cache:service_started:false`. */
function composeDependencies(container: ContainerDetails): string[] {
  const label = container.labels['com.docker.compose.depends_on'] ?? '';
  return label.split(',').flatMap((dependency) => dependency.split(':')[0] || []);
}
