import { fill, type PageWords } from '../pageTexts';
import type { Phase, TimingRecord } from '../record';
import { figuresTable, filterText, sideBySideTable, storageTable, type Reported, type TextTable } from './reported';
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
<p>${escaped([format.zoned(now), filterText(report)].filter(Boolean).join(' · '))}</p>
${tableOf(figuresTable(report))}
${tableOf(sideBySideTable(report))}
${tableOf(storageTable(report))}
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
  const rowOf = (record: TimingRecord) => {
    const { destination, expectedMs, downtimeMs } = record;
    const cells = [
      format.zoned(new Date(record.startedAt)),
      words.kinds[record.kind] ?? record.kind,
      record.volume,
      record.engine || '–',
      destination?.name ?? '–',
      format.duration(record.totalMs),
      expectedMs === undefined ? '–' : format.duration(expectedMs),
      outcomeOf(record, words),
      downtimeMs === 0 ? '–' : format.duration(downtimeMs),
      format.bytes(record.bytesMoved),
      format.bytes(record.bytesSkipped),
    ];
    const shown = cells.map((cell) => `<td>${escaped(cell)}</td>`).join('');
    return `<tr>${shown}<td class="phases">${phasesOf(record.phases, words, format.duration)}</td></tr>`;
  };
  const head = [
    ...[columns.when, columns.operation, columns.volume, columns.engine, columns.destination, columns.total],
    ...[columns.expected, columns.outcome, columns.downtime, columns.moved, columns.skipped, columns.phases],
  ];
  const titles = head.map((cell) => `<th scope="col">${escaped(cell)}</th>`).join('');
  return `<h2>${escaped(texts.operations)}</h2>
<table><thead><tr>${titles}</tr></thead>
<tbody>${records.map(rowOf).join('\n')}</tbody></table>`;
}

/** `failed at “Copying”: the disk of the engine was too full` */
function outcomeOf({ outcome, failure, failedIn }: TimingRecord, words: PageWords): string {
  const how =
    failedIn === undefined
      ? (words.outcomes[outcome] ?? outcome)
      : fill(words.texts.failedIn, words.phases[failedIn] ?? failedIn);
  return failure === undefined ? how : `${how}: ${words.failures[failure] ?? failure}`;
}

/** A bar, and beneath it the same as text; what belongs to a part of the operation, as a safety snapshot, says so. */
function phasesOf(phases: readonly Phase[], words: PageWords, duration: (ms: number) => string): string {
  const total = phases.reduce((sum, { ms }) => sum + ms, 0);
  const shown = phases.filter(({ ms }) => total > 0 && ms / total >= 0.005);
  const bars = shown.map(({ name, part, ms }) => {
    const width = ((100 * ms) / total).toFixed(1);
    return `<i class="${colourClass(name)}${part === undefined ? '' : ' part'}" style="width:${width}%"></i>`;
  });
  const texts = shown.map(({ name, part, ms }) => {
    const of = part === undefined ? '' : `${words.parts[part] ?? part}: `;
    const text = `${of}${words.phases[name] ?? name} ${duration(ms)}`;
    return `<span><i class="${colourClass(name)}${part === undefined ? '' : ' part'}"></i>${escaped(text)}</span>`;
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
