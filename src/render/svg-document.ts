/** An SVG document: its frame, its colours in light and dark, and the few shapes that drawings are made of. */
import { toXml } from 'xast-util-to-xml';
import { x } from 'xastscript';

export type Shape = ReturnType<typeof shape>;

/** Text is set in a monospace font, so its width is known before it is drawn: px for each character. */
export const CHARACTER = { normal: 7.3, small: 6.1 } as const;

export const LINE = { normal: 16, small: 13 } as const;

export type TextSize = keyof typeof CHARACTER;

const FONT = 'ui-monospace, "DejaVu Sans Mono", Menlo, Consolas, monospace';

/** Fill of each class of box: in light viewers, in dark ones. */
const FILLS: Readonly<Record<string, readonly [light: string, dark: string]>> = {
  page: ['#ffffff', '#0d1117'],
  plain: ['#f6f8fa', '#161b22'],
  package: ['#eef2f7', '#1b2430'],
  die: ['#f5eef8', '#2a2033'],
  node: ['#e7f5ec', '#15301f'],
  cache: ['#fff4e0', '#33280f'],
  core: ['#e6eefc', '#17253f'],
  cpus: ['#ffffff', '#0d1117'],
  // A palette that colour-blind readers tell apart (Okabe and Ito).
  group0: ['#9cd3f2', '#1f6f9c'],
  group1: ['#f5c26b', '#8a5a00'],
  group2: ['#8fd9bf', '#00694c'],
  group3: ['#e8b3d1', '#80446a'],
  group4: ['#f3e884', '#6e6500'],
  group5: ['#a9bfee', '#2d4f9c'],
  group6: ['#f0a98a', '#92401a'],
  group7: ['#d0d0d0', '#565656'],
};

/** How many classes group0, group1, … there are. */
export const GROUP_COLOURS = 8;

function fillRules(place: 0 | 1): string {
  return Object.entries(FILLS)
    .map(([name, fills]) => `.${name} { fill: ${fills[place]} }`)
    .join('\n');
}

const STYLE = `
text { font: 12px ${FONT}; fill: #1f2328 }
text.small { font-size: 10px; fill: #59636e }
text.cell { font-size: 10px }
text.title { font-size: 14px; font-weight: bold }
text.middle { text-anchor: middle }
rect { stroke: #8c959f; stroke-width: 1 }
rect.page { stroke: none }
rect.offline { stroke-dasharray: 3 2; fill-opacity: 0.4 }
rect.absent { stroke-dasharray: 1 3; fill-opacity: 0 }
path { stroke: #8c959f; stroke-width: 1; fill: none }
${fillRules(0)}
@media (prefers-color-scheme: dark) {
text { fill: #e6edf3 }
text.small { fill: #9198a1 }
rect, path { stroke: #6e7681 }
${fillRules(1)}
}
`;

function shape(name: string, attributes: Readonly<Record<string, string | number>>, text?: string) {
  return text === undefined ? x(name, attributes) : x(name, attributes, text);
}

export function rectangle(
  [left, top]: readonly [number, number],
  [width, height]: readonly [number, number],
  className: string,
): Shape {
  return shape('rect', { class: className, x: left, y: top, width, height, rx: 3 });
}

/** One line of text; `top` is where the line begins, its baseline is below. */
export function textLine(
  [left, top]: readonly [number, number],
  text: string,
  className: string,
): Shape {
  return shape('text', { class: className, x: left, y: top + 12 }, text);
}

export function path(commands: string): Shape {
  return shape('path', { d: commands });
}

export function textWidth(text: string, size: TextSize): number {
  return Math.ceil(text.length * CHARACTER[size]);
}

export interface Drawing {
  readonly width: number;
  readonly height: number;
  /** For readers that do not see it. */
  readonly title: string;
  readonly description: string;
  readonly shapes: readonly Shape[];
}

/** The same bytes for the same drawing. */
export function renderSvg({ width, height, title, description, shapes }: Drawing): string {
  const svg = x(
    'svg',
    {
      xmlns: 'http://www.w3.org/2000/svg',
      viewBox: `0 0 ${width} ${height}`,
      width,
      height,
      role: 'img',
      'aria-labelledby': 'title desc',
    },
    [
      x('title', { id: 'title' }, title),
      x('desc', { id: 'desc' }, description),
      x('style', STYLE),
      rectangle([0, 0], [width, height], 'page'),
      ...shapes,
    ].flatMap((element) => ['\n', element]),
    '\n',
  );
  return `${toXml(svg, { closeEmptyElements: true })}\n`;
}
