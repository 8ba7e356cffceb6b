import { isGone, type Node, type VolumeNode } from '../volumes/model';
import { isProject, type ProjectNode } from '../volumes/targets';

/** What one snapshot is taken of. */
export type Subject = ProjectNode | VolumeNode;

/**
 * The projects and volumes among the selected rows when a command was started on one of these, else those that it was
 * started on. A volume that is selected together with its project, its snapshots or its containers is wanted once.
 */
export function subjectsOf(node: Node, selected: unknown): Subject[] {
  const selection = Array.isArray(selected) ? (selected as Node[]) : [];
  const rows = selection.some(({ id }) => id === node.id) ? selection : [node];
  const projects = rows.filter(isProject).filter((project) => !isGone(project));
  const ofProjects = new Set(projects.flatMap(({ children }) => children.map(({ id }) => id)));
  const volumes = new Map(rows.flatMap((row) => (row.kind === 'volume' ? [[row.id, row] as const] : [])));
  return [...projects, ...[...volumes.values()].filter(({ id }) => !ofProjects.has(id))];
}
