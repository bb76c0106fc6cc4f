/** A result as GitHub-flavoured Markdown. */
import { markdownTable } from 'markdown-table';
import { type TextTable, type ViewOf, WIDE_LAYOUT } from './view.ts';

function escapeCell(text: string): string {
  return text.replaceAll('|', '\\|');
}

function renderTable({ title, columns, rows }: TextTable): string {
  const head = columns.map((column) => escapeCell(column.head));
  const body = rows.map((row) => row.map(escapeCell));
  const align = columns.map((column) => column.align);
  return `**${title}**\n\n${markdownTable([head, ...body], { align })}\n`;
}

export function renderMarkdown(viewOf: ViewOf): string {
  const view = viewOf(WIDE_LAYOUT);
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
