/** The formats of a run, by name. */
import type { ChalkInstance } from 'chalk';
import type { RunResult } from '../study/comparison.ts';
import type { TextOptions } from './text.ts';

export const FORMATS = ['table', 'ascii', 'markdown', 'csv', 'tsv', 'json', 'ndjson'] as const;

export type Format = (typeof FORMATS)[number];

export interface RenderOptions extends TextOptions {
  /** `table` draws boxes where the output is a terminal, and is plain ASCII elsewhere. */
  readonly terminal: boolean;
  readonly chalk: ChalkInstance;
}

/** The whole output as text. Renderers load when they are used. */
export async function renderRun(
  result: RunResult,
  format: Format,
  options: RenderOptions,
): Promise<string> {
  switch (format) {
    case 'table': {
      const { renderAscii, renderBox } = await import('./text.ts');
      return options.terminal
        ? renderBox(result, options, options.chalk)
        : renderAscii(result, options);
    }
    case 'ascii':
      return (await import('./text.ts')).renderAscii(result, options);
    case 'markdown':
      return (await import('./markdown.ts')).renderMarkdown(result, options);
    case 'csv':
      return (await import('./csv.ts')).renderCsv(result);
    case 'tsv':
      return (await import('./csv.ts')).renderTsv(result);
    case 'json':
      return (await import('./json.ts')).renderJson(result);
    case 'ndjson':
      return (await import('./json.ts')).renderNdjson(result);
  }
}
