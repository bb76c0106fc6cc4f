/** The formats of a result, by name. */
import type * as z from 'zod';
import { InputError } from '../errors.ts';
import type { Picture } from './picture.ts';
import type { Terminal } from './text.ts';
import type { TextView } from './view.ts';

/** Of what people read. */
export const TEXT_FORMATS = ['table', 'ascii', 'markdown'] as const;

/** Those that follow from a result's schema. */
export const MACHINE_FORMATS = ['csv', 'tsv', 'json', 'ndjson'] as const;

export const FORMATS = [...TEXT_FORMATS, ...MACHINE_FORMATS] as const;

export type Format = (typeof FORMATS)[number];

/** Of results that have a picture. */
export const PICTURE_FORMATS = ['svg', 'png', 'html', 'vega'] as const;

export type PictureFormat = (typeof PICTURE_FORMATS)[number];

/** A result, as people see it and as its schema declares it. */
export interface Report {
  readonly view: () => TextView;
  readonly result: object;
  /** Of the whole: lines and columns follow from it (result.ts, columns.ts). */
  readonly schema: () => Promise<z.ZodObject>;
  /** Null where there is none of this one; absent where there is none of such results. */
  readonly picture?: () => Promise<Pictured | null>;
  /** What has a picture instead, where this has none. */
  readonly none?: string;
}

/** What a result looks like, and the schemes that can be told apart in it. */
export interface Pictured {
  readonly picture: Picture;
  readonly schemes: readonly string[];
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

export const isPicture = (format: Format | PictureFormat): format is PictureFormat =>
  PICTURE_FORMATS.includes(format as PictureFormat);

/** As renderReport(), or the picture. @throws InputError where there is none of this result. */
export async function renderPictured(
  report: Report,
  format: Format | PictureFormat,
  medium: Medium,
): Promise<string | Uint8Array> {
  return isPicture(format) ? renderPicture(report, format) : renderReport(report, format, medium);
}

/** @throws InputError where the result has no picture. */
async function renderPicture(
  { view, picture, none }: Report,
  format: PictureFormat,
): Promise<string | Uint8Array> {
  const pictured = await picture?.();
  if (!pictured) {
    throw new InputError(
      `--format ${format}: there is no picture of this: ${none ?? 'expected a format of tables or data'}`,
    );
  }
  if (format === 'vega') return renderJson(pictured.picture);
  const { drawSvg } = await import('./draw.ts');
  if (format === 'html') {
    const [{ renderPage }, { withPoints }] = await Promise.all([
      import('./page.ts'),
      import('./picture.ts'),
    ]);
    const { description = '' } = pictured.picture;
    const svg = await drawSvg(withPoints(pictured.picture));
    return renderPage(view(), [{ svg, description, schemes: pictured.schemes }]);
  }
  const svg = await drawSvg(pictured.picture);
  return format === 'svg' ? svg : (await import('./rasterise.ts')).rasterise(svg);
}

export async function renderForMachines(
  { result, schema }: Pick<Report, 'result' | 'schema'>,
  format: (typeof MACHINE_FORMATS)[number],
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
