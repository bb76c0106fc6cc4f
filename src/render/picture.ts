/** Pictures as Vega-Lite specifications: the font, the palette and the line of a scheme that all have in common. */
import type { TopLevelSpec } from 'vega-lite';
import { SCHEME_NAMES, schemeNamed } from '../schemes/registry.ts';
import { KIB, MIB, type Pages, pagesToBytes } from '../units.ts';
import { type Scale, unitName } from './amounts.ts';
import { wrap } from './words.ts';

/** A complete specification, with its data. */
export type Picture = TopLevelSpec;

/** A row of a picture's data. */
export type Datum = Readonly<Record<string, string | number | null>>;

/** The font that is shipped with the program, and so the same in every picture. */
export const FONT = 'DejaVu Sans';

/** Of text, and of lines that belong to no scheme. */
export const INK = '#24292f';
const FAINT = '#d0d7de';

/** What every picture looks like. */
export const CONFIG = {
  background: 'white',
  padding: 12,
  font: FONT,
  view: { stroke: FAINT },
  axis: {
    ...{ labelFontSize: 11, titleFontSize: 12, titleFontWeight: 'normal', titlePadding: 8 },
    ...{ labelColor: INK, titleColor: INK, gridColor: '#eaeef2', domainColor: FAINT },
    ...{ tickColor: FAINT, labelOverlap: true },
  },
  legend: {
    ...{ labelFontSize: 11, titleFontSize: 12, titleFontWeight: 'normal', labelLimit: 240 },
    ...{
      labelColor: INK,
      titleColor: INK,
      symbolStrokeWidth: 2.5,
      symbolSize: 260,
      symbolOpacity: 1,
    },
  },
  header: { labelFontSize: 11, titleFontSize: 12, titleFontWeight: 'normal', labelColor: INK },
  title: {
    ...{ anchor: 'start', fontSize: 14, subtitleFontSize: 11, subtitlePadding: 6, offset: 14 },
    ...{ color: INK, subtitleColor: '#57606a', subtitleLineHeight: 15 },
  },
} as const;

/** Of what is no scheme. */
const OTHER_COLOUR = '#7F7F7F';

/** Of schemes of one kind the first line is solid. */
const DASHES = [[], [6, 3], [2, 2], [8, 3, 2, 3], [1, 4], [12, 4]] as const;

/** "tree" of "tree:batch=16". */
const kindOf = (name: string) => name.split(':')[0]!;

/** The colour of a scheme, by its name with parameters: that of its kind. */
function colourOf(name: string): string {
  const scheme = SCHEME_NAMES.find((kind) => kind === kindOf(name));
  return scheme === undefined ? OTHER_COLOUR : schemeNamed(scheme).colour;
}

/** The colours of some schemes as a scale: one a kind, everywhere. */
export function schemeColours(names: readonly string[]) {
  return { domain: [...names], range: names.map(colourOf) };
}

/** Dashes that tell schemes of one kind apart. */
export function schemeDashes(names: readonly string[]) {
  const range = names.map((name, index) => {
    const before = names.slice(0, index).filter((other) => kindOf(other) === kindOf(name)).length;
    return [...DASHES[before % DASHES.length]!];
  });
  return { domain: [...names], range };
}

/** Colour and dash of a field that names schemes, under one legend. */
export function schemeEncoding(names: readonly string[], field = 'scheme') {
  const legend = { title: 'scheme', symbolType: 'stroke' } as const;
  return {
    color: { field, type: 'nominal', scale: schemeColours(names), legend },
    strokeDash: { field, type: 'nominal', scale: schemeDashes(names), legend },
  } as const;
}

/** Pages in the unit of the axis. */
export function amountOf(pages: Pages, { unit, pageSize }: Scale): number {
  if (unit === 'pages') return pages;
  return pagesToBytes(pages, pageSize) / (unit === 'KiB' ? KIB : MIB);
}

/** "error, MiB" */
export function amountTitle(what: string, scale: Scale): string {
  return `${what}, ${unitName(scale)}`;
}

/** Digits of axes: commas between thousands, no more decimals than are needed. */
export const AMOUNT_FORMAT = ',~f';

const SCHEMA = 'https://vega.github.io/schema/vega-lite/v6.json';

/** Characters: longer lines would make a picture wider than what it shows. */
const SUBTITLE_WIDTH = 100;

interface Titled {
  readonly title: string;
  /** What the picture is of, in a few short lines. */
  readonly subtitle: readonly string[];
  /** For who does not see it. */
  readonly description: string;
}

/** A complete picture of a view: one, or several side by side. */
export function pictureOf({ title, subtitle, description }: Titled, view: object): Picture {
  return {
    $schema: SCHEMA,
    description,
    title: { text: title, subtitle: subtitle.flatMap((line) => wrap(line, SUBTITLE_WIDTH)) },
    config: CONFIG,
    ...view,
  } as Picture;
}

/**
 * The same picture with a mark at each point of its lines, which none sees: it says its values below the pointer, as
 * a line cannot.
 */
export function withPoints(picture: Picture): Picture {
  const text = JSON.stringify(picture, (key, value) =>
    key === 'mark' && value?.type === 'line' ? { point: 'transparent', ...value } : value,
  );
  return JSON.parse(text) as Picture;
}

/** Of a field: what a logarithm can show of it, and its scale; a linear one where all of it is 0. */
export function onLogarithm(data: readonly Datum[], field: string) {
  const above = data.filter(({ [field]: value }) => Number(value) > 0 && value !== null);
  return above.length > 0
    ? { values: above, scale: { type: 'log' } }
    : { values: [...data], scale: { type: 'linear', domain: [0, 1] } };
}

/** A bar for each scheme; `interval`: a whisker from the fields `low` to `high`. */
export function barsOf(
  names: readonly string[],
  field: string,
  title: string,
  format: string,
  interval = false,
): object {
  const y = { field: 'scheme', type: 'nominal', title: null, sort: [...names] };
  const x = { field, type: 'quantitative', title, axis: { format, tickCount: 4 } };
  const color = {
    ...{ field: 'scheme', type: 'nominal', legend: null },
    scale: schemeColours(names),
  };
  const bar = { mark: { type: 'bar', height: { band: 0.6 } }, encoding: { y, x, color } };
  const size = { width: 200, height: { step: 26 } };
  if (!interval) return { ...size, ...bar };
  const whisker = {
    mark: { type: 'rule', color: INK, strokeWidth: 1.5 },
    encoding: { y, x: { ...x, field: 'low' }, x2: { field: 'high' } },
  };
  return { ...size, layer: [bar, whisker] };
}
