/**
 * An array of mappings, toggled at random: an empty slot is mapped, a mapped one is unmapped. The
 * measurement program of the tree series, as its cover letters describe it. Draws: the slot, and
 * the mapping where the slot is empty.
 */
import { below, type RandomState } from '../random.ts';
import type { DrawMapping, MemoryPattern } from './pattern.ts';

export function slotsPattern(
  random: RandomState,
  threads: number,
  slots: number,
  drawMapping: DrawMapping,
): MemoryPattern {
  const slotOf = new Int32Array(slots);
  const pattern: MemoryPattern = {
    first: 0,
    count: threads,
    huge: false,
    next() {
      const slot = below(random, slots);
      const mapped = slotOf[slot]!;
      const mapping = mapped === 0 ? drawMapping() : mapped;
      slotOf[slot] = mapped === 0 ? mapping : 0;
      pattern.huge = mapping < 0;
      const pages = mapping < 0 ? -mapping : mapping;
      return mapped === 0 ? pages : -pages;
    },
  };
  return pattern;
}
