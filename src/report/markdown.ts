/** A run as GitHub-flavoured Markdown. */
import { markdownTable } from 'markdown-table';
import type { RunResult } from '../study/comparison.ts';
import { comparisonView, type TextTable } from './comparison-view.ts';
import type { TextOptions } from './text.ts';

function escapeCell(text: string): string {
  return text.replaceAll('|', '\\|');
}

function renderTable({ title, columns, rows }: TextTable): string {
  const head = columns.map((column) => escapeCell(column.head));
  const body = rows.map((row) => row.map(escapeCell));
  const align = columns.map((column) => column.align);
  return `**${title}**\n\n${markdownTable([head, ...body], { align })}\n`;
}

export function renderMarkdown(result: RunResult, options: TextOptions): string {
  const view = comparisonView(result, {
    ...options,
    plusMinus: '±',
    grouped: true,
    formulaColumn: true,
  });
  return [
    `### ${view.title}\n`,
    ...view.facts.map(([label, text]) => `- ${label}: ${text}`),
    '',
    ...view.tables.map(renderTable),
    `${view.findings.join(' ')}\n`,
    ...view.notes.map((note) => `${note}\n`),
    `Reproduce: \`${view.reproduce}\``,
    '',
  ].join('\n');
}
