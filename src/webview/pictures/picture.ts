import type uPlot from 'uplot';
import { element, scrolled } from '../dom';
import type { View } from '../view';
import { plot, type Drawing } from './plot';

/** Something to be seen, and the same as text: for each point, and as a table. */
export interface Picture {
  id: string;
  title: string;
  note: string;
  /** Stands above it: what it is of, what the colours mean. */
  controls?: Node[];
  /** What can be said of it in a sentence or two. */
  summary?: string;
  drawings: () => Drawing[];
  /** How many there are, and what one says. */
  points: number;
  say: (index: number) => string;
  table: () => HTMLTableElement;
}

const isSeen = new IntersectionObserver(
  (entries) => {
    for (const { isIntersecting, target } of entries) if (isIntersecting) drawers.get(target)?.();
  },
  { rootMargin: '200px' },
);
const drawers = new Map<Element, () => void>();

/** Pictures that went away with the content they were of. */
export function forgetPictures(): void {
  isSeen.disconnect();
  drawers.clear();
}

/** Theme or width have changed. */
export function redrawPictures(): void {
  for (const target of drawers.keys()) {
    isSeen.unobserve(target);
    isSeen.observe(target);
  }
}

export function pictureFigure(picture: Picture, view: View): HTMLElement {
  const { id, title, note, controls = [], summary = '' } = picture;
  const figure = element('figure');
  figure.id = id;
  const caption = element('figcaption');
  const heading = element('h3', title);
  heading.id = `${id}-title`;
  caption.append(heading, element('p', note, 'note'));
  figure.setAttribute('aria-labelledby', heading.id);
  figure.append(caption, ...controls);
  if (summary) figure.append(element('p', summary, 'summary'));
  figure.append(
    ...(picture.points > 0
      ? [canvas(picture, view), tableBehind(picture, view)]
      : [element('p', view.say('nothingToShow'), 'none')]),
  );
  return figure;
}

/** Drawn when it is seen. The arrow keys go from point to point, and what each says is read out. */
function canvas(picture: Picture, { format, say }: View): HTMLElement {
  const target = element('div', '', 'plot');
  target.tabIndex = 0;
  target.setAttribute('role', 'group');
  target.setAttribute('aria-label', `${picture.title}. ${picture.summary ?? picture.note} ${say('arrowKeys')}`);
  const said = element('output', '', 'point');
  let plots: uPlot[] = [];
  let at = -1;
  const show = (index: number): void => {
    at = index;
    said.textContent = picture.say(index);
  };
  drawers.set(target, () => {
    for (const each of plots) each.destroy();
    plots = picture.drawings().map((drawing) => plot(target, drawing, format, show));
  });
  isSeen.observe(target);
  target.addEventListener('keydown', (event) => {
    const next = { ArrowLeft: at - 1, ArrowRight: at + 1, Home: 0, End: picture.points - 1 }[event.key];
    if (next === undefined || event.ctrlKey || event.altKey || event.metaKey) return;
    event.preventDefault();
    const index = Math.min(picture.points - 1, Math.max(0, next));
    for (const each of plots) each.setCursor({ left: each.valToPos(each.data[0][index]!, 'x'), top: 10 }, false);
    show(index);
  });
  const root = element('div');
  root.append(target, said);
  return root;
}

function tableBehind({ id, title, table }: Picture, { choices, choose, say }: View): HTMLElement {
  const details = element('details');
  details.append(element('summary', say('asTable')));
  const fill = (): void => {
    if (details.open && details.childElementCount === 1) details.append(scrolled(title, table()));
  };
  details.addEventListener('toggle', () => {
    fill();
    choose(`table:${id}`, details.open ? 'open' : '');
  });
  details.open = choices[`table:${id}`] === 'open';
  fill();
  return details;
}

/** What the colours mean. */
export function legend(items: readonly { colour: string; text: string; phase?: string }[]): HTMLElement {
  const list = element('ul', '', 'colours');
  for (const { colour, text, phase } of items) {
    const item = element('li', text);
    if (phase === undefined) item.style.setProperty('--phase', colour);
    else item.dataset['phase'] = phase;
    list.append(item);
  }
  return list;
}
