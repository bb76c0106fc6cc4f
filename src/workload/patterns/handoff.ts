/**
 * Maps below the target in one half of the threads (the first, larger half), otherwise unmaps the
 * oldest mapping in the other half.
 */
import type { Pages } from '../../units.ts';
import { definePattern, type MappingSizes } from '../contract/pattern.ts';
import { HeldPattern, levelOfTarget, TARGET, targetAndMapping } from './held.ts';

class HandoffPattern extends HeldPattern {
  private readonly target: Pages;
  private readonly threads: number;
  private readonly producers: number;

  constructor(mappings: MappingSizes, threads: number, target: Pages) {
    const producers = Math.ceil(threads / 2);
    super(mappings, producers);
    this.target = target;
    this.threads = threads;
    this.producers = producers;
  }

  next(): Pages {
    const pages = this.first === 0 ? this.map() : this.unmap(this.list.takeOldest());
    const mapNext = this.held < this.target;
    this.first = mapNext ? 0 : this.producers;
    this.count = mapNext ? this.producers : this.threads - this.producers;
    return pages;
  }
}

export const handoff = definePattern({
  name: 'handoff',
  parameters: { targetPages: TARGET },
  leastThreads: { threads: 2, why: 'one allocates, another frees' },
  text: ({ targetPages }, { pages }) => `handoff at ${pages(targetPages)}`,
  largestSize: targetAndMapping,
  level: levelOfTarget,
  create: (mappings, threads, { targetPages }) =>
    new HandoffPattern(mappings, threads, targetPages),
});
