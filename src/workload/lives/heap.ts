/** The heap of one process: mappings that come and go, each a region. */
import type { Pages } from '../../units.ts';
import { drawMapping, type MappingSizes, pagesOf } from '../pattern.ts';
import { below, type RandomState } from '../random.ts';

/** Regions from here on are mappings of the heap. */
export const FIRST_HEAP_REGION = 4;

export interface HeapMapping {
  readonly region: number;
  readonly pages: Pages;
  readonly huge: boolean;
}

export interface Heap {
  /** Pages held now. */
  held: Pages;
  readonly mappings: HeapMapping[];
  nextRegion: number;
}

export function createHeap(): Heap {
  return { held: 0, mappings: [], nextRegion: FIRST_HEAP_REGION };
}

/** A new mapping. Draws: its size, as the patterns of `compare` do. */
export function addMapping(heap: Heap, sizes: MappingSizes): HeapMapping {
  const drawn = drawMapping(sizes);
  const mapping = { region: heap.nextRegion, pages: pagesOf(drawn), huge: drawn < 0 };
  heap.nextRegion += 1;
  heap.held += mapping.pages;
  heap.mappings.push(mapping);
  return mapping;
}

/** The mapping at a place goes; the last one moves there. */
export function dropMapping(heap: Heap, random: RandomState): HeapMapping {
  const place = below(random, heap.mappings.length);
  const mapping = heap.mappings[place]!;
  const last = heap.mappings.pop()!;
  if (last !== mapping) heap.mappings[place] = last;
  heap.held -= mapping.pages;
  return mapping;
}
