/** Boxes that know their size before they are placed: how drawings of nested things are laid out. */
import { LINE, rectangle, type Shape, type TextSize, textLine, textWidth } from './svg-document.ts';

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

/** One below the other. */
export function column(blocks: readonly Block[], gap: number): Block {
  return {
    width: blocks.reduce((most, { width }) => Math.max(most, width), 0),
    height: blocks.reduce((sum, { height }) => sum + height + gap, -gap),
    place: (left, top) => {
      let down = top;
      return blocks.flatMap((block) => {
        const shapes = block.place(left, down);
        down += block.height + gap;
        return shapes;
      });
    },
  };
}

/** Side by side. */
export function row(blocks: readonly Block[], gap: number): Block {
  return {
    width: blocks.reduce((sum, { width }) => sum + width + gap, -gap),
    height: blocks.reduce((most, { height }) => Math.max(most, height), 0),
    place: (left, top) => {
      let along = left;
      return blocks.flatMap((block) => {
        const shapes = block.place(along, top);
        along += block.width + gap;
        return shapes;
      });
    },
  };
}

function inRows(blocks: readonly Block[], perRow: number): Block {
  const rows: Block[] = [];
  for (let from = 0; from < blocks.length; from += perRow) {
    rows.push(row(blocks.slice(from, from + perRow), GAP));
  }
  return column(rows, GAP);
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
  const tried = Array.from({ length: most }, (_, index) => inRows(blocks, index + 1));
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
