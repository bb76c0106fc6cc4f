/** Draws a picture: its specification to SVG, by Vega's own renderer without a browser. */
import { Error as ErrorLevel, parse, resetSVGDefIds, View } from 'vega';
import { compile } from 'vega-lite';
import { textMetrics } from 'vega-scenegraph';
import type { Picture } from './picture.ts';

/** What Vega has to say of a specification is a mistake of ours, never the user's. */
function complain(...words: readonly unknown[]): never {
  throw new RangeError(`picture: ${words.map(String).join(' ')}`);
}

/** A layer without data is none: errors that are all 0, say, on a logarithmic axis. */
function warned(...words: readonly unknown[]) {
  return String(words[0]).startsWith('Infinite extent') ? LOGGER : complain(...words);
}

const LOGGER = {
  level: () => ErrorLevel as never,
  error: complain,
  warn: warned,
  info: () => LOGGER,
  debug: () => LOGGER,
};

/**
 * Width of a text in ems for each character: DejaVu Sans has some 0.59 on average. Without a canvas to measure
 * with Vega takes 0.8, and leaves wide margins.
 */
const EMS = 0.62;

/** @throws RangeError where the specification has a fault. */
export async function drawSvg(picture: Picture): Promise<string> {
  Object.assign(textMetrics, {
    width: (item: { fontSize?: number }, text: unknown) =>
      EMS * (item.fontSize ?? 11) * String(text ?? '').length,
  });
  const { spec } = compile(picture, { logger: LOGGER });
  const view = new View(parse(spec), { renderer: 'none', logger: LOGGER });
  try {
    // Numbers of gradients and clips count on within a process.
    resetSVGDefIds();
    const svg = await view.toSVG();
    // The marks have names by Vega, the whole has none.
    const name = (picture.description ?? '').replace(
      /[&<"]/g,
      (sign) => `&#${sign.charCodeAt(0)};`,
    );
    return `${svg.replace('<svg ', () => `<svg role="graphics-document" aria-label="${name}" `)}\n`;
  } finally {
    view.finalize();
  }
}
