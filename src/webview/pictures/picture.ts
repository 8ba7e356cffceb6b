import type uPlot from 'uplot';
import { element, scrolled } from '../dom';
import type { View } from '../view';
import { plot, type Drawing, type Zoom } from './plot';

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
  /** The same for what a point is of, wherever it is. */
  keyOf: (index: number) => string;
  say: (index: number) => string;
  table: () => HTMLTableElement;
}

interface Drawer {
  draw(): void;
  destroy(): void;
  isDrawn: boolean;
}

const drawers = new Map<Element, Drawer>();
const isSeen = new IntersectionObserver(
  (entries) => {
    for (const { isIntersecting, target } of entries) {
      const drawer = drawers.get(target);
      if (!isIntersecting || !drawer || drawer.isDrawn) continue;
      drawer.draw();
      drawer.isDrawn = true;
    }
  },
  { rootMargin: '200px' },
);

/** Where one is in a picture: the key of its point, and what of each of its plots is seen. */
interface Place {
  point?: string | undefined;
  zooms: (Zoom | undefined)[];
}

/** By picture: it outlasts that the picture is made anew. */
const places = new Map<string, Place>();

/** Pictures that went away with the content they were of. */
export function forgetPictures(): void {
  isSeen.disconnect();
  for (const drawer of drawers.values()) drawer.destroy();
  drawers.clear();
}

/** They are to show something else. */
export function forgetPlaces(): void {
  places.clear();
}

/** Theme or width have changed. */
export function redrawPictures(): void {
  for (const [target, drawer] of drawers) {
    drawer.isDrawn = false;
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
  const place: Place = places.get(picture.id) ?? { zooms: [] };
  places.set(picture.id, place);
  let at = place.point === undefined ? -1 : indexOf(picture, place.point);
  const show = (index: number): void => {
    at = index;
    place.point = picture.keyOf(index);
    said.textContent = picture.say(index);
  };
  if (at >= 0) said.textContent = picture.say(at);
  const destroy = (): void => {
    for (const each of plots) each.destroy();
    plots = [];
  };
  const draw = (): void => {
    destroy();
    plots = picture.drawings().map((drawing, i) =>
      plot(target, drawing, format, {
        zoom: place.zooms[i],
        onPoint: show,
        onZoom: (zoom) => (place.zooms[i] = zoom),
      }),
    );
  };
  drawers.set(target, { draw, destroy, isDrawn: false });
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

function indexOf({ points, keyOf }: Picture, key: string): number {
  for (let index = 0; index < points; index++) if (keyOf(index) === key) return index;
  return -1;
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
export function legend(
  items: readonly { colour: string; text: string; phase?: string; hollow?: boolean }[],
): HTMLElement {
  const list = element('ul', '', 'colours');
  for (const { colour, text, phase, hollow = false } of items) {
    const item = element('li', text, hollow ? 'hollow' : '');
    if (phase === undefined) item.style.setProperty('--phase', colour);
    else item.dataset['phase'] = phase;
    list.append(item);
  }
  return list;
}
