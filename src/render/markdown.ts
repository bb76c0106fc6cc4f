/** A result as GitHub-flavoured Markdown. */
import { markdownTable } from 'markdown-table';
import { NUMERALS } from './amounts.ts';
import { cellText, type TextTable, type TextView, titleText } from './view.ts';

function escapeCell(text: string): string {
  return text.replaceAll('|', '\\|');
}

/** Rows under their heads, the columns after the first to the right. */
export function renderGrid(heads: readonly string[], rows: readonly (readonly string[])[]): string {
  const cells = [heads, ...rows].map((row) => row.map(escapeCell));
  return `${markdownTable(cells, { align: heads.map((_, i) => (i === 0 ? 'left' : 'right')) })}\n`;
}

function renderTable(table: TextTable): string {
  const { columns, rows, scale } = table;
  const head = columns.map((column) => escapeCell(column.head));
  const body = rows.map((row) => row.map((cell) => escapeCell(cellText(cell, scale, NUMERALS))));
  const align = columns.map((column) => column.align);
  return `**${titleText(table)}**\n\n${markdownTable([head, ...body], { align })}\n`;
}

export function renderMarkdown(view: TextView): string {
  return [
    `### ${view.title}\n`,
    ...view.facts.map(([label, text]) => `- ${label}: ${text}`),
    '',
    ...view.tables.map(renderTable),
    ...(view.findings.length === 0 ? [] : [`${view.findings.join(' ')}\n`]),
    ...view.notes.map((note) => `${note}\n`),
    `Reproduce: \`${view.reproduce}\``,
    '',
  ].join('\n');
}
