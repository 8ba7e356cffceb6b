import { figuresTable, filterText, sideBySideTable, storageTable, type Reported, type TextTable } from './reported';

/** The figures, to be pasted into an issue or a chat. */
export function asMarkdown(report: Reported): string {
  const filter = filterText(report);
  return [
    `## ${escaped(report.title)}`,
    ...(filter ? [escaped(filter)] : []),
    tableOf(figuresTable(report)),
    tableOf(sideBySideTable(report)),
    tableOf(storageTable(report)),
  ].join('\n\n');
}

function tableOf({ title, head, rows }: TextTable): string {
  const line = (cells: readonly string[]) => `| ${cells.map(escaped).join(' | ')} |`;
  return [`### ${escaped(title)}`, '', line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}

/** A name is shown as it is: it is no link, no markup and no end of a cell. */
function escaped(text: string): string {
  return text
    .replace(/[\\`*_{}[\]<>()#+!|~&$@]/g, (char) => (text === '---' ? char : `\\${char}`))
    .replace(/[\r\n]+/g, ' ');
}
