/** The formats of a result, by name. */
import type * as z from 'zod';
import type { Terminal } from './text.ts';
import type { TextView } from './view.ts';

export const FORMATS = ['table', 'ascii', 'markdown', 'csv', 'tsv', 'json', 'ndjson'] as const;

export type Format = (typeof FORMATS)[number];

/** A result, as people see it and as its schema declares it. */
export interface Report {
  readonly view: () => TextView;
  readonly result: object;
  /** Of the whole: lines and columns follow from it (result.ts, columns.ts). */
  readonly schema: () => Promise<z.ZodObject>;
}

export interface Medium {
  /** `table` draws boxes where the output is a terminal, and is plain ASCII elsewhere (null). */
  readonly terminal: Terminal | null;
}

/** The whole output as text. Renderers load when they are used. */
export async function renderReport(
  report: Report,
  format: Format,
  { terminal }: Medium,
): Promise<string> {
  switch (format) {
    case 'table': {
      const { renderAscii, renderBox } = await import('./text.ts');
      return terminal === null ? renderAscii(report.view()) : renderBox(report.view(), terminal);
    }
    case 'ascii':
      return (await import('./text.ts')).renderAscii(report.view());
    case 'markdown':
      return (await import('./markdown.ts')).renderMarkdown(report.view());
    default:
      return renderForMachines(report, format);
  }
}

/** The formats that follow from a result's schema. */
export async function renderForMachines(
  { result, schema }: Pick<Report, 'result' | 'schema'>,
  format: Extract<Format, 'csv' | 'tsv' | 'json' | 'ndjson'>,
): Promise<string> {
  switch (format) {
    case 'csv':
    case 'tsv': {
      const { renderColumns } = await import('./columns.ts');
      return renderColumns(await schema(), result, format === 'csv' ? ',' : '\t');
    }
    case 'json':
      return renderJson(result);
    case 'ndjson': {
      const { linesOf } = await import('./result.ts');
      return renderNdjson(linesOf(await schema(), result));
    }
  }
}

export function renderJson(document: object): string {
  return `${JSON.stringify(document, null, 2)}\n`;
}

export function renderNdjson(lines: readonly object[]): string {
  return lines.map((line) => `${JSON.stringify(line)}\n`).join('');
}
