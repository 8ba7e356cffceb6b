import { choicesOf, filterFields, type Filter, type FilterField } from '../core/timings/figures/filter';
import type { PageTextKey } from '../core/timings/pageTexts';
import { button, element, select, setOptions } from './dom';
import { kindWord, type View } from './view';

const periods: readonly [days: string, text: PageTextKey][] = [
  ['1', 'lastDay'],
  ['7', 'lastWeek'],
  ['30', 'lastMonth'],
];

/** Stays as it is while what is below it is drawn anew, so that the focus does, too. */
export class FilterBar {
  readonly root = element('form', '', 'filters');
  private readonly boxes = new Map<FilterField | 'days', HTMLSelectElement>();
  private readonly shown = element('output');
  private reset: HTMLButtonElement | undefined;
  private filter: Filter = {};

  constructor(private readonly onChange: (filter: Filter) => void) {
    this.root.addEventListener('submit', (event) => event.preventDefault());
  }

  update(view: View): void {
    if (this.boxes.size === 0) this.build(view);
    const { filter, all, say } = view;
    this.filter = filter;
    for (const field of filterFields) {
      const known = choicesOf(all, field);
      const chosen = filter[field];
      // What is chosen stays to be seen, also when nothing is of it any more.
      const choices = chosen === undefined || known.includes(chosen) ? known : [...known, chosen];
      const texts = choices.map(
        (each) => [`=${each}`, field === 'kind' ? kindWord(view, each) : each] as [string, string],
      );
      setOptions(this.boxes.get(field)!, [['', say('all')], ...texts], chosen === undefined ? '' : `=${chosen}`);
    }
    const options = periods.map(([days, text]) => [days, say(text)] as [string, string]);
    setOptions(this.boxes.get('days')!, [['', say('all')], ...options], String(filter.days ?? ''));
    this.shown.textContent = say('shown', view.format.count(view.records.length), view.format.count(all.length));
    this.reset!.disabled = Object.keys(filter).length === 0;
  }

  private build({ words, say }: View): void {
    const { operation, volume, engine } = words.columns;
    const labels = { kind: operation, volume, engine, destination: say('destination'), days: say('period') };
    this.root.setAttribute('aria-label', say('filters'));
    for (const name of [...filterFields, 'days'] as const) {
      const { root, box } = select(labels[name], (value) => this.choose(name, value));
      box.name = name;
      this.boxes.set(name, box);
      this.root.append(root);
    }
    this.reset = button(say('resetFilters'), () => this.onChange({}), 'secondary');
    this.shown.setAttribute('aria-live', 'polite');
    this.root.append(this.reset, this.shown);
  }

  private choose(name: FilterField | 'days', value: string): void {
    const { [name]: _, ...others } = this.filter;
    if (value === '') this.onChange(others);
    else this.onChange({ ...others, [name]: name === 'days' ? Number(value) : value.slice(1) });
  }
}
