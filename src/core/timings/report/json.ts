import { figuresOf, groupedBy } from '../figures/figures';
import { fitCostModel } from '../model/costModel';
import type { Reported } from './reported';

/** Everything, for programs: the records as they are kept, the figures and the cost models made of them. */
export function asJson({ records, filter, now }: Reported): string {
  const groups = groupedBy(records, ({ kind, engine, destination }) =>
    JSON.stringify([kind, engine, destination?.name]),
  );
  const models = [...groups.values()].map((alike) => {
    const { kind, engine, destination } = alike[0]!;
    return { kind, engine, ...(destination && { destination: destination.name }), ...fitCostModel(alike) };
  });
  const report = { schema: 1, exportedAt: now.toISOString(), filter, figures: figuresOf(records), models, records };
  return `${JSON.stringify(report, undefined, 2)}\n`;
}
