/** Patterns that hold a list of mappings, near a target or without one. Draws: a new mapping's size. */
import type { Pages } from '../../units.ts';
import type { AnyParameter } from '../contract/parameter.ts';
import {
  drawMapping,
  type Extent,
  type MappingSizes,
  type MemoryPattern,
  pagesOf,
} from '../contract/pattern.ts';

/** A growing list of mappings: pages of each, negative for a huge page. */
interface MappingList {
  readonly length: number;
  push(mapping: number): void;
  /** Takes out the mapping at a place; the last one moves there. */
  takeAt(place: number): number;
  /** Takes out the oldest mapping. Not to be mixed with takeAt(). */
  takeOldest(): number;
}

function createMappingList(): MappingList {
  let mappings = new Int32Array(1024);
  let oldest = 0;
  let length = 0;

  /** A full ring is laid out anew in twice the room. */
  function grow(): void {
    const larger = new Int32Array(2 * mappings.length);
    larger.set(mappings.subarray(oldest));
    larger.set(mappings.subarray(0, oldest), mappings.length - oldest);
    mappings = larger;
    oldest = 0;
  }

  return {
    get length() {
      return length;
    },
    push(mapping) {
      if (length === mappings.length) grow();
      mappings[(oldest + length) & (mappings.length - 1)] = mapping;
      length += 1;
    },
    takeAt(place) {
      const mask = mappings.length - 1;
      const at = (oldest + place) & mask;
      const mapping = mappings[at]!;
      length -= 1;
      mappings[at] = mappings[(oldest + length) & mask]!;
      return mapping;
    },
    takeOldest() {
      const mapping = mappings[oldest]!;
      oldest = (oldest + 1) & (mappings.length - 1);
      length -= 1;
      return mapping;
    },
  };
}

/** What they have in common: the mappings that are held, and the operation they make. */
export abstract class HeldPattern implements MemoryPattern {
  first = 0;
  count: number;
  huge = false;
  protected readonly mappings: MappingSizes;
  protected readonly list: MappingList = createMappingList();
  protected held: Pages = 0;

  constructor(mappings: MappingSizes, threads: number) {
    this.mappings = mappings;
    this.count = threads;
  }

  abstract next(): Pages;

  protected map(): Pages {
    const mapping = drawMapping(this.mappings);
    this.list.push(mapping);
    return this.move(mapping, 1);
  }

  protected unmap(mapping: number): Pages {
    return this.move(mapping, -1);
  }

  private move(mapping: number, sign: 1 | -1): Pages {
    this.huge = mapping < 0;
    const pages = sign * pagesOf(mapping);
    this.held += pages;
    return pages;
  }
}

/** Pages that a pattern stays near. */
export const TARGET = {
  kind: 'pages',
  flag: '--size',
  column: 'target_pages',
  low: 1,
  default: 25_600,
  help: 'target, in pages or as 100MiB',
} as const satisfies AnyParameter & { help: string };

/** What a pattern with a target can reach: it maps while it is below it. */
export function targetAndMapping({ targetPages }: { targetPages: Pages }, { mapping }: Extent) {
  return {
    pages: targetPages + mapping,
    how: `a target of ${targetPages} pages and a mapping of up to ${mapping}`,
  };
}

export function levelOfTarget({ targetPages }: { targetPages: Pages }): Pages {
  return targetPages;
}
