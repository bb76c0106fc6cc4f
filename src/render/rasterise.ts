/** Turns SVG into PNG, by a rasteriser and a font that are shipped with the program: the same bytes everywhere. */
import { readFileSync } from 'node:fs';
import { initWasm, Resvg } from '@resvg/resvg-wasm';
import { FONT } from './picture.ts';

/** Pixels for each of the SVG's: sharp on today's screens. */
const ZOOM = 2;

/** A file that the build puts beside the program. */
const shipped = (name: string) => readFileSync(new URL(name, import.meta.url));

const READY = initWasm(shipped('./resvg.wasm'));

export async function rasterise(svg: string): Promise<Uint8Array> {
  await READY;
  const font = {
    fontBuffers: [shipped('./DejaVuSans.ttf'), shipped('./DejaVuSans-Bold.ttf')],
    defaultFontFamily: FONT,
    sansSerifFamily: FONT,
    // Of the machine's own fonts none: they would change the bytes.
    loadSystemFonts: false,
  };
  const drawing = new Resvg(svg, { font, fitTo: { mode: 'zoom', value: ZOOM } });
  try {
    const image = drawing.render();
    try {
      return image.asPng();
    } finally {
      image.free();
    }
  } finally {
    drawing.free();
  }
}
