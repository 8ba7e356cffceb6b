import { createFormat } from '../core/format';
import { filtered, parseFilter, type Filter } from '../core/timings/figures/filter';
import type { AnalysisMessage, PageMessage, RecordsMessage } from '../core/timings/pageMessages';
import { fill } from '../core/timings/pageTexts';
import { button, element, section } from './dom';
import { focusIn } from './focusIn';
import { FilterBar } from './filterBar';
import { costPicture } from './pictures/cost';
import { phasesPicture } from './pictures/phases';
import { forgetPictures, forgetPlaces, pictureFigure } from './pictures/picture';
import { sizesPicture } from './pictures/sizes';
import { timeline } from './pictures/timeline';
import { analysisSection } from './tables/analysis';
import { figuresSection } from './tables/figures';
import { operationsSection, pageSize } from './tables/operations';
import { sideBySideSection } from './tables/sideBySide';
import type { View } from './view';

/** What is kept over a reload. */
export interface PageState {
  filter: Filter;
  choices: Record<string, string>;
}

/** The filters stay; what is below them is drawn anew for each answer and each choice. */
export class Page {
  private readonly format = createFormat(document.documentElement.lang);
  private readonly bar = new FilterBar((filter) => this.use({ filter }));
  private readonly content = element('div', '', 'content');
  private state: PageState;
  private shown: RecordsMessage | undefined;
  /** The latest: what was to follow an older one is dropped. */
  private drawing: object | undefined;
  private analysis: AnalysisMessage | undefined;
  private rows = pageSize;

  constructor(
    private readonly main: HTMLElement,
    kept: unknown,
    private readonly keep: (state: PageState) => void,
    private readonly send: (message: PageMessage) => void,
  ) {
    this.state = stateOf(kept);
  }

  show(message: RecordsMessage): void {
    this.shown = message;
    this.draw();
  }

  showAnalysis(message: AnalysisMessage): void {
    this.analysis = message;
    const wasThere = document.activeElement?.closest('#analysis');
    this.draw();
    if (!message.isNew || wasThere) return;
    const made = document.getElementById('analysis');
    made?.scrollIntoView();
    made?.querySelector('select')?.focus({ preventScroll: true });
  }

  use(change: Partial<PageState>): void {
    this.state = { ...this.state, ...change };
    this.keep(this.state);
    if (change.filter) this.rows = pageSize;
    forgetPlaces();
    this.draw();
  }

  draw(): void {
    if (!this.shown) return;
    const view = this.view(this.shown);
    forgetPictures();
    if (view.all.length === 0 && view.snapshots.length === 0 && !this.analysis) {
      return this.main.replaceChildren(element('p', view.say('empty')));
    }
    this.bar.update(view);
    const drawing = (this.drawing = {});
    const below = (): HTMLElement[] => [
      ...belowSections(view),
      ...(this.analysis ? [analysisSection(this.analysis, view)] : []),
    ];
    const none = view.all.length === 0 ? 'empty' : 'noMatch';
    const top = view.records.length > 0 ? figuresSection(view) : element('p', view.say(none));
    if (this.content.parentElement !== this.main) {
      // The first time, what is seen first is painted first.
      this.content.replaceChildren(top);
      this.main.replaceChildren(this.bar.root, this.actions(view), this.content);
      afterPaint(() => {
        if (this.drawing === drawing) this.content.append(...below());
      });
      return;
    }
    const y = window.scrollY;
    const focusAgain = focusIn(this.content);
    this.content.replaceChildren(top, ...below());
    window.scrollTo(0, y);
    focusAgain();
  }

  private view({ records, snapshots, words }: RecordsMessage): View {
    const { filter, choices } = this.state;
    return {
      ...{ all: records, records: filtered(records, filter, new Date()), snapshots, filter, words, choices },
      format: this.format,
      say: (key, ...values) => fill(words.texts[key], ...values),
      choose: (name, value) => this.choose(name, value),
      rows: this.rows,
      showRows: (rows) => (this.rows = rows),
      analyse: (of) => this.send({ type: 'analyse', of }),
    };
  }

  /** That a table is open is only kept: it has opened by itself. */
  private choose(name: string, value: string): void {
    const choices = { ...this.state.choices, [name]: value };
    if (!name.startsWith('table:')) return this.use({ choices });
    this.state = { ...this.state, choices };
    this.keep(this.state);
  }

  private actions({ say }: View): HTMLElement {
    const bar = element('div', '', 'actions');
    bar.append(
      button(say('export'), () => this.send({ type: 'export', filter: this.state.filter })),
      button(say('copyMarkdown'), () => this.send({ type: 'copyMarkdown', filter: this.state.filter }), 'secondary'),
      button(say('clear'), () => this.send({ type: 'clear' }), 'secondary'),
    );
    return bar;
  }
}

/** A task after the next frame runs when that frame has been painted. */
export function afterPaint(work: () => void): void {
  requestAnimationFrame(() => setTimeout(work));
}

/** Without operations there are the snapshots: how large a volume was is no question of the filters for operations. */
function belowSections(view: View): HTMLElement[] {
  const hasRecords = view.records.length > 0;
  if (!hasRecords && view.snapshots.length === 0) return [];
  const makers = hasRecords ? [phasesPicture, timeline, costPicture, sizesPicture] : [sizesPicture];
  const frame = element('div', '', 'pictures');
  frame.append(...makers.map((make) => pictureFigure(make(view), view)));
  const pictures = section('pictures', view.say('pictures'), frame);
  return hasRecords ? [sideBySideSection(view), pictures, operationsSection(view)] : [pictures];
}

function stateOf(kept: unknown): PageState {
  const { filter, choices } = typeof kept === 'object' && kept !== null ? (kept as Record<string, unknown>) : {};
  const texts = Object.entries(typeof choices === 'object' && choices !== null ? choices : {});
  return {
    filter: parseFilter(filter) ?? {},
    choices: Object.fromEntries(texts.filter((each): each is [string, string] => typeof each[1] === 'string')),
  };
}
