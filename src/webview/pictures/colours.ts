/** Canvases know no CSS variables: their values, as the theme is now. */
export function themeColour(variable: string, otherwise = '--vscode-foreground'): string {
  const style = getComputedStyle(document.body);
  return style.getPropertyValue(variable).trim() || style.getPropertyValue(otherwise).trim() || 'currentColor';
}

/** As it is seen on the page when only this share of it is painted: opaque, for what is drawn over one another. */
export function onPage(colour: string, share = 1): string {
  const canvas = document.createElement('canvas');
  canvas.width = canvas.height = 1;
  const context = canvas.getContext('2d', { willReadFrequently: true })!;
  context.fillStyle = themeColour('--vscode-editor-background');
  context.fillRect(0, 0, 1, 1);
  context.globalAlpha = share;
  context.fillStyle = colour;
  context.fillRect(0, 0, 1, 1);
  const [red, green, blue] = context.getImageData(0, 0, 1, 1).data;
  return `rgb(${red}, ${green}, ${blue})`;
}

/** The colour that the style sheet gives a phase. */
export function phaseColour(phase: string): string {
  const probe = document.createElement('span');
  probe.dataset['phase'] = phase;
  probe.style.color = 'var(--phase)';
  document.body.append(probe);
  const { color } = getComputedStyle(probe);
  probe.remove();
  return onPage(color);
}

const series = ['blue', 'green', 'orange', 'purple', 'red', 'yellow'].map((name) => `--vscode-charts-${name}`);

/** Of the first, second, … line or kind of point. */
export function seriesColour(index: number): string {
  return themeColour(series[index % series.length]!);
}

export function font(): string {
  const { fontFamily } = getComputedStyle(document.body);
  return `11px ${fontFamily}`;
}

/** Calls back when the theme has changed: VS Code says so by the body's class and attributes. */
export function onThemeChange(listener: () => void): void {
  new MutationObserver(listener).observe(document.body, {
    attributes: true,
    attributeFilter: ['class', 'data-vscode-theme-id'],
  });
}
