import type { Phase } from '../../core/timings/record';
import type { Format } from '../../core/format';

/** Below this share of the total a phase gets no text of its own: nobody waits for it. */
const smallestShare = 0.005;

interface Words {
  phases: Record<string, string>;
  parts: Record<string, string>;
}

/**
 * Where the time went: a stacked bar for the eye, and the same as text beneath, which is what a screen reader reads. What
 * belongs to a part of the operation, as the safety snapshot does to a restore, is on a line of its own.
 */
export function phaseBar(phases: readonly Phase[], words: Words, format: Format): Node[] {
  const total = sumOf(phases);
  const shown = phases.filter(({ ms }) => total > 0 && ms / total >= smallestShare);
  const bar = div('bar');
  bar.setAttribute('aria-hidden', 'true');
  bar.append(...shown.map((phase) => segmentOf(phase, total, words, format)));
  const parts = [undefined, ...new Set(shown.flatMap(({ part }) => part ?? []))];
  return [bar, ...parts.map((part) => legendOf(shown, part, words, format))];
}

function segmentOf(phase: Phase, total: number, words: Words, format: Format): HTMLElement {
  const segment = marked('segment', phase);
  segment.style.flexGrow = String(phase.ms / total);
  const text = textOf(phase, words, format);
  segment.title = phase.part === undefined ? text : `${words.parts[phase.part] ?? phase.part}: ${text}`;
  return segment;
}

function legendOf(phases: readonly Phase[], part: Phase['part'], words: Words, format: Format): HTMLElement {
  const own = phases.filter((phase) => phase.part === part);
  const legend = div('legend');
  if (part !== undefined) {
    const title = document.createElement('span');
    title.className = 'part';
    title.textContent = `${words.parts[part] ?? part} ${format.duration(sumOf(own))}:`;
    legend.dataset['part'] = part;
    legend.append(title);
  }
  for (const phase of own) {
    const item = marked('phase', phase);
    item.textContent = textOf(phase, words, format);
    legend.append(item, ' ');
  }
  return legend;
}

function marked(name: string, { name: phase, part }: Phase): HTMLElement {
  const element = document.createElement('span');
  element.className = name;
  element.dataset['phase'] = phase;
  if (part !== undefined) element.dataset['part'] = part;
  return element;
}

function textOf({ name, ms }: Phase, words: Words, format: Format): string {
  return `${words.phases[name] ?? name} ${format.duration(ms)}`;
}

function sumOf(phases: readonly Phase[]): number {
  return phases.reduce((sum, { ms }) => sum + ms, 0);
}

function div(name: string): HTMLElement {
  const element = document.createElement('div');
  element.className = name;
  return element;
}
