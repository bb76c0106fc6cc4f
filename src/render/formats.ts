/** The formats of a result, by name. */
import type { ChalkInstance } from 'chalk';
import type { FlatRecord } from './csv.ts';
import type { TextView } from './view.ts';

export const FORMATS = ['table', 'ascii', 'markdown', 'csv', 'tsv', 'json', 'ndjson'] as const;

export type Format = (typeof FORMATS)[number];

/** One result in every shape that a format may ask for. */
export interface Report {
  readonly view: () => TextView;
  readonly records: () => readonly FlatRecord[];
  readonly document: object;
  readonly lines: () => readonly object[];
}

export interface Medium {
  /** `table` draws boxes where the output is a terminal, and is plain ASCII elsewhere. */
  readonly terminal: boolean;
  readonly chalk: ChalkInstance;
}

/** The whole output as text. Renderers load when they are used. */
export async function renderReport(
  report: Report,
  format: Format,
  { terminal, chalk }: Medium,
): Promise<string> {
  switch (format) {
    case 'table': {
      const { renderAscii, renderBox } = await import('./text.ts');
      return terminal ? renderBox(report.view(), chalk) : renderAscii(report.view());
    }
    case 'ascii':
      return (await import('./text.ts')).renderAscii(report.view());
    case 'markdown':
      return (await import('./markdown.ts')).renderMarkdown(report.view());
    case 'csv':
      return (await import('./csv.ts')).renderCsv(report.records());
    case 'tsv':
      return (await import('./csv.ts')).renderTsv(report.records());
    case 'json':
      return (await import('./json.ts')).renderJson(report.document);
    case 'ndjson':
      return (await import('./json.ts')).renderNdjson(report.lines());
  }
}
