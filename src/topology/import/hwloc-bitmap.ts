/** hwloc's bitmaps as text: 32-bit words in hexadecimal, the most significant first. */
import { InputError, quote } from '../../errors.ts';
import { HIGHEST_CPU_ID } from '../../kernel/nr-cpus.ts';
import type { CpuIds } from '../cpulist.ts';

export interface HwlocBitmap {
  /** The bits that are written out, ascending. */
  readonly ids: CpuIds;
  /** "0xf...f": all bits above those written out are set too. */
  readonly endless: boolean;
}

const ENDLESS = '0xf...f';

const WORD = /^(?:0x[0-9a-f]{1,8})?$/i;

function faultOf(text: string): InputError {
  return new InputError(
    `${quote(text)} is no hwloc bitmap; expected 32-bit words such as "0x00000001,,0xffffffff"`,
  );
}

/**
 * The bits of a bitmap as hwloc writes it (hwloc_bitmap_snprintf): words of "0x" and up to eight
 * digits with commas between them; a word of zeroes may be empty, leading ones are left out.
 * @throws InputError that quotes the text; a bit beyond CPU 1,048,575 is a fault too.
 */
export function parseHwlocBitmap(text: string): HwlocBitmap {
  const words = text.split(',');
  const endless = words[0] === ENDLESS;
  if (endless) words.shift();
  const ids: number[] = [];
  for (let i = words.length - 1; i >= 0; i--) {
    const word = words[i]!;
    // Most words of a large machine's bitmaps are empty.
    if (word === '') continue;
    if (!WORD.test(word)) throw faultOf(text);
    const first = (words.length - 1 - i) * 32;
    const bits = Number.parseInt(word, 16);
    if (bits === 0) continue;
    const highest = first + 31 - Math.clz32(bits);
    if (highest > HIGHEST_CPU_ID) {
      throw new InputError(
        `${quote(text)}: bit ${highest} is beyond 1,048,575, the highest CPU there can be`,
      );
    }
    for (let bit = 0; bit < 32; bit++) if ((bits >>> bit) & 1) ids.push(first + bit);
  }
  return { ids: Int32Array.from(ids), endless };
}
