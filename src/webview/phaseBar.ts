import type { Phase } from '../core/timings/record';
import type { Format } from '../core/format';

/** Below this share of the total a phase gets no text of its own: nobody waits for it. */
const smallestShare = 0.005;

/** Where the time went: a stacked bar for the eye, and the same as text beneath, which is what a screen reader reads. */
export function phaseBar(phases: readonly Phase[], wordOf: (name: string) => string, format: Format): Node[] {
  const total = phases.reduce((sum, { ms }) => sum + ms, 0);
  const bar = document.createElement('div');
  bar.className = 'bar';
  bar.setAttribute('aria-hidden', 'true');
  const legend = document.createElement('div');
  legend.className = 'legend';
  for (const { name, ms } of phases) {
    if (total === 0 || ms / total < smallestShare) continue;
    const text = `${wordOf(name)} ${format.duration(ms)}`;
    const segment = document.createElement('span');
    segment.className = 'segment';
    segment.dataset['phase'] = name;
    segment.style.flexGrow = String(ms / total);
    segment.title = text;
    bar.append(segment);
    const item = document.createElement('span');
    item.className = 'phase';
    item.dataset['phase'] = name;
    item.textContent = text;
    legend.append(item);
  }
  return [bar, legend];
}
