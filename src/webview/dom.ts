/** Makes elements. What they show is set as text, so that no name can be markup. */
export function element<K extends keyof HTMLElementTagNameMap>(
  name: K,
  text = '',
  className = '',
): HTMLElementTagNameMap[K] {
  const made = document.createElement(name);
  if (text) made.textContent = text;
  if (className) made.className = className;
  return made;
}

export function button(text: string, onClick: () => void, className = ''): HTMLButtonElement {
  const made = element('button', text, className);
  made.type = 'button';
  made.addEventListener('click', onClick);
  return made;
}

export function section(id: string, title: string, ...content: (Node | string)[]): HTMLElement {
  const made = element('section');
  made.id = id;
  const heading = element('h2', title);
  heading.id = `${id}-title`;
  made.setAttribute('aria-labelledby', heading.id);
  made.append(heading, ...content);
  return made;
}

/** What is wider than the page is scrolled by itself, by the arrow keys, too. */
export function scrolled(label: string, table: HTMLTableElement): HTMLElement {
  const region = element('div', '', 'table');
  region.tabIndex = 0;
  region.setAttribute('role', 'region');
  region.setAttribute('aria-label', label);
  region.append(table);
  return region;
}

/** A choice of one; the options are set anew without taking the focus away. */
export function select(
  label: string,
  onChoose: (value: string) => void,
): { root: HTMLElement; box: HTMLSelectElement } {
  const root = element('label', label, 'choice');
  const box = element('select');
  box.addEventListener('change', () => onChoose(box.value));
  root.append(box);
  return { root, box };
}

export function setOptions(
  box: HTMLSelectElement,
  options: readonly [value: string, text: string][],
  value: string,
): void {
  const made = options.map(([each, text]) => {
    const option = element('option', text);
    option.value = each;
    return option;
  });
  box.replaceChildren(...made);
  box.value = value;
}
