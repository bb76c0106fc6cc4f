/** Maps below the target, otherwise unmaps a uniformly drawn mapping. Draws: which, or a new size. */
import type { Pages } from '../../units.ts';
import { definePattern, type MappingSizes } from '../contract/pattern.ts';
import { below } from '../contract/random.ts';
import { HeldPattern, levelOfTarget, TARGET, targetAndMapping } from './held.ts';

class SteadyPattern extends HeldPattern {
  private readonly target: Pages;

  constructor(mappings: MappingSizes, threads: number, target: Pages) {
    super(mappings, threads);
    this.target = target;
  }

  next(): Pages {
    if (this.held < this.target) return this.map();
    const { list, mappings } = this;
    return this.unmap(list.takeAt(below(mappings.random, list.length)));
  }
}

export const steady = definePattern({
  name: 'steady',
  parameters: { targetPages: TARGET },
  text: ({ targetPages }, { pages }) => `steady at ${pages(targetPages)}`,
  largestSize: targetAndMapping,
  level: levelOfTarget,
  create: (mappings, threads, { targetPages }) => new SteadyPattern(mappings, threads, targetPages),
});
