/** Maps and never unmaps; there is no target. */
import type { Pages } from '../../units.ts';
import { definePattern } from '../contract/pattern.ts';
import { HeldPattern } from './held.ts';

class GrowPattern extends HeldPattern {
  next(): Pages {
    return this.map();
  }
}

export const grow = definePattern({
  name: 'grow',
  parameters: {},
  text: () => 'grow: mapped and never unmapped',
  largestSize: (_, { operations, mapping }) => ({
    pages: operations * mapping,
    how: `${operations} operations of up to ${mapping} pages`,
  }),
  level: () => null,
  create: (mappings, threads) => new GrowPattern(mappings, threads),
});
