/**
 * An array of mappings, toggled at random: an empty slot is mapped, a mapped one is unmapped. The
 * measurement program of the tree series, as its cover letters describe it. Draws: the slot, and
 * the mapping where the slot is empty.
 */
import type { Pages } from '../../units.ts';
import {
  definePattern,
  drawMapping,
  type MappingSizes,
  type MemoryPattern,
  pagesOf,
} from '../contract/pattern.ts';
import { below, peekBelow, type RandomState, skip } from '../contract/random.ts';

class SlotsPattern implements MemoryPattern {
  readonly first = 0;
  readonly count: number;
  huge = false;
  private readonly random: RandomState;
  private readonly mappings: MappingSizes;
  private readonly slotOf: Int32Array;

  constructor(mappings: MappingSizes, threads: number, slots: number) {
    this.random = mappings.random;
    this.mappings = mappings;
    this.count = threads;
    this.slotOf = new Int32Array(slots);
  }

  next(): Pages {
    const { random, slotOf, mappings } = this;
    const slot = below(random, slotOf.length);
    const mapped = slotOf[slot]!;
    if (mappings.hugePerMillion > 0) {
      const mapping = mapped === 0 ? drawMapping(mappings) : mapped;
      slotOf[slot] = mapped === 0 ? mapping : 0;
      this.huge = mapping < 0;
      return mapped === 0 ? pagesOf(mapping) : -pagesOf(mapping);
    }
    // Half the slots are empty, at random: no processor predicts that, so there is no branch.
    const empty = (mapped - 1) >> 31;
    const size = (mappings.min + peekBelow(random, mappings.sizes)) & empty;
    skip(random, empty & 1);
    slotOf[slot] = size;
    return size - mapped;
  }
}

export const slots = definePattern({
  name: 'slots',
  parameters: {
    slots: {
      kind: 'count',
      flag: '--slots',
      column: 'slots',
      low: 1,
      high: 2 ** 24,
      default: 1024,
      help: 'mappings in the array',
    },
  },
  text: (values, { count }) => `slots: ${count(values.slots, 'mapping')} toggled at random`,
  largestSize: (values, { mapping }) => ({
    pages: values.slots * mapping,
    how: `${values.slots} slots of up to ${mapping} pages`,
  }),
  // Each slot is as often mapped as it is not.
  level: (values, meanMapping) => (values.slots * meanMapping) / 2,
  create: (mappings, threads, values) => new SlotsPattern(mappings, threads, values.slots),
});
