/** An SVG document: its frame, colours in light and dark, few shapes, and blocks of known size to lay out. */
import { toXml } from 'xast-util-to-xml';
import { x } from 'xastscript';
import { formatNumber } from './amounts.ts';

export type Shape = ReturnType<typeof shape>;

/** Text is set in a monospace font, so its width is known before it is drawn: px for each character. */
const CHARACTER = { normal: 7.3, small: 6.1 } as const;

const LINE = { normal: 16, small: 13 } as const;

type TextSize = keyof typeof CHARACTER;

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

/** A box that knows its size before it is placed: how drawings of nested things are laid out. */
export interface Block {
  readonly width: number;
  readonly height: number;
  /** The shapes with the block's corner at this place. */
  readonly place: (left: number, top: number) => readonly Shape[];
}

/** Between blocks, and between a block's edge and what is in it. */
export const GAP = 6;

/** Rows of blocks are broken so that the whole is about so much wider than high. */
const ASPECT = 1.6;

export function lineOfText(text: string, size: TextSize, className = size as string): Block {
  return {
    width: textWidth(text, size),
    height: LINE[size],
    place: (left, top) => [textLine([left, top - (size === 'small' ? 2 : 0)], text, className)],
  };
}

export function box(width: number, height: number, className: string): Block {
  return {
    width,
    height,
    place: (left, top) => [rectangle([left, top], [width, height], className)],
  };
}

/** A CPU: a box with one line of text in its middle. */
export function cell(text: string, width: number, className: string): Block {
  const frame = box(width, 18, className);
  return {
    ...frame,
    place: (left, top) => [
      ...frame.place(left, top),
      textLine([left + width / 2, top + 2], text, 'cell middle'),
    ],
  };
}

/** How many there are that are not drawn, after those that are. */
export function moreOf(count: number, size: TextSize): Block[] {
  return count === 0 ? [] : [lineOfText(`… ${formatNumber(count)} more`, size)];
}

/** One behind the other: downwards, or to the right. */
function stacked(blocks: readonly Block[], gap: number, down: boolean): Block {
  const lengthOf = ({ width, height }: Block) => (down ? height : width);
  const length = blocks.reduce((sum, block) => sum + lengthOf(block) + gap, -gap);
  const across = blocks.reduce(
    (most, { width, height }) => Math.max(most, down ? width : height),
    0,
  );
  return {
    width: down ? across : length,
    height: down ? length : across,
    place: (left, top) => {
      let at = down ? top : left;
      return blocks.flatMap((block) => {
        const shapes = down ? block.place(left, at) : block.place(at, top);
        at += lengthOf(block) + gap;
        return shapes;
      });
    },
  };
}

/** One below the other. */
export function column(blocks: readonly Block[], gap: number): Block {
  return stacked(blocks, gap, true);
}

/** Side by side. */
export function row(blocks: readonly Block[], gap: number): Block {
  return stacked(blocks, gap, false);
}

/** So many side by side, then the next row. */
export function inRows(blocks: readonly Block[], perRow: number, gap: number): Block {
  const rows: Block[] = [];
  for (let from = 0; from < blocks.length; from += perRow) {
    rows.push(row(blocks.slice(from, from + perRow), gap));
  }
  return column(rows, gap);
}

/** What speaks against an arrangement: empty room, and to a lesser degree another aspect. */
function cost({ width, height }: Block): number {
  const aspect = width / (height * ASPECT);
  return width * height * Math.sqrt(Math.max(aspect, 1 / aspect));
}

/** So many rows are tried at most: more would not be better, only slower. */
const MOST_PER_ROW = 32;

/** In as many rows as suit best; the blocks stay in order. */
export function flow(blocks: readonly Block[]): Block {
  const most = Math.min(blocks.length, MOST_PER_ROW);
  const tried = Array.from({ length: most }, (_, index) => inRows(blocks, index + 1, GAP));
  return tried.reduce((best, next) => (cost(next) < cost(best) ? next : best));
}

/** A frame around a block; `copies` more behind it show that it stands for several. */
export function framed(content: Block, className: string, copies: number): Block {
  const step = 4;
  const size = [content.width + 2 * GAP, content.height + 2 * GAP] as const;
  return {
    width: size[0] + copies * step,
    height: size[1] + copies * step,
    place: (left, top) => [
      ...Array.from({ length: copies }, (_, index) => (copies - index) * step).map((offset) =>
        rectangle([left + offset, top + offset], size, className),
      ),
      rectangle([left, top], size, className),
      ...content.place(left + GAP, top + GAP),
    ],
  };
}

/** What a document shows, from top to bottom; title and description are for readers that do not see it. */
interface Drawing {
  readonly title: string;
  readonly description: string;
  readonly heading: string;
  /** One line of figures below the heading. */
  readonly figures: string;
  readonly blocks: readonly Block[];
  readonly notes: readonly string[];
}

/** A document with a margin: the same bytes for the same drawing. */
export function renderSvg({
  title,
  description,
  heading,
  figures,
  blocks,
  notes,
}: Drawing): string {
  const margin = 2 * GAP;
  const drawing = column(
    [
      lineOfText(heading, 'normal', 'title'),
      lineOfText(figures, 'normal'),
      ...blocks,
      ...notes.map((note) => lineOfText(note, 'small')),
    ],
    GAP,
  );
  const [width, height] = [drawing.width + 2 * margin, drawing.height + 2 * margin];
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
      ...drawing.place(margin, margin),
    ].flatMap((element) => ['\n', element]),
    '\n',
  );
  return `${toXml(svg, { closeEmptyElements: true })}\n`;
}
