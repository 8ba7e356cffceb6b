import type { Phase, PhaseName, TimingRecord } from '../record';
import { figuresTable, filterText, sideBySideTable, type Reported, type TextTable } from './reported';
import { reportStyle } from './style';

/** One file without a script, that asks nothing of any other: to be sent, opened and printed. */
export function asHtml(report: Reported, language: string): string {
  const { title, now, format } = report;
  const policy = "default-src 'none'; style-src 'unsafe-inline'";
  return `<!DOCTYPE html>
<html lang="${escaped(language)}">
<head>
<meta charset="UTF-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escaped(title)}</title>
<style>${reportStyle}</style>
</head>
<body>
<h1>${escaped(title)}</h1>
<p>${escaped([format.time(now), filterText(report)].filter(Boolean).join(' · '))}</p>
${tableOf(figuresTable(report))}
${tableOf(sideBySideTable(report))}
${operations(report)}
</body>
</html>
`;
}

function tableOf({ title, head, rows }: TextTable): string {
  return `<h2>${escaped(title)}</h2>
<table><thead><tr>${head.map((cell) => `<th scope="col">${escaped(cell)}</th>`).join('')}</tr></thead>
<tbody>${rows.map((cells) => `<tr>${cells.map((cell) => `<td>${escaped(cell)}</td>`).join('')}</tr>`).join('\n')}</tbody></table>`;
}

function operations({ records, words, format }: Reported): string {
  const { texts, columns } = words;
  const head = [columns.when, columns.operation, columns.volume, columns.total, columns.expected, columns.outcome];
  const rowOf = (record: TimingRecord) => {
    const cells = [
      format.time(new Date(record.startedAt)),
      words.kinds[record.kind] ?? record.kind,
      record.volume,
      format.duration(record.totalMs),
      record.expectedMs === undefined ? '–' : format.duration(record.expectedMs),
      words.outcomes[record.outcome] ?? record.outcome,
    ];
    const shown = cells.map((cell) => `<td>${escaped(cell)}</td>`).join('');
    return `<tr>${shown}<td class="phases">${phasesOf(record.phases, words.phases, format.duration)}</td></tr>`;
  };
  const titles = [...head, columns.phases].map((cell) => `<th scope="col">${escaped(cell)}</th>`).join('');
  return `<h2>${escaped(texts.operations)}</h2>
<table><thead><tr>${titles}</tr></thead>
<tbody>${records.map(rowOf).join('\n')}</tbody></table>`;
}

/** A bar, and beneath it the same as text. */
function phasesOf(
  phases: readonly Phase[],
  words: Partial<Record<PhaseName, string>>,
  duration: (ms: number) => string,
): string {
  const total = phases.reduce((sum, { ms }) => sum + ms, 0);
  const shown = phases.filter(({ ms }) => total > 0 && ms / total >= 0.005);
  const bars = shown.map(({ name, ms }) => {
    return `<i class="${colourClass(name)}" style="width:${((100 * ms) / total).toFixed(1)}%"></i>`;
  });
  const texts = shown.map(({ name, ms }) => {
    return `<span><i class="${colourClass(name)}"></i>${escaped(words[name] ?? name)} ${escaped(duration(ms))}</span>`;
  });
  return `<div class="bar" aria-hidden="true">${bars.join('')}</div>${texts.join(' ')}`;
}

/** A phase of another version, or of a damaged record, is no class of ours. */
function colourClass(name: string): string {
  return /^[a-z]{1,20}$/i.test(name) ? `p-${name}` : 'p-other';
}

function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (char) => `&#${char.charCodeAt(0)};`);
}
