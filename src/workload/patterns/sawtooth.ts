/** Maps up to the target, then unmaps everything, newest first, and begins again. */
import type { Pages } from '../../units.ts';
import { definePattern, type MappingSizes } from '../contract/pattern.ts';
import { HeldPattern, levelOfTarget, TARGET, targetAndMapping } from './held.ts';

class SawtoothPattern extends HeldPattern {
  private readonly target: Pages;
  private rising = true;

  constructor(mappings: MappingSizes, threads: number, target: Pages) {
    super(mappings, threads);
    this.target = target;
  }

  next(): Pages {
    const pages = this.rising ? this.map() : this.unmap(this.list.takeAt(this.list.length - 1));
    this.rising = this.rising ? this.held < this.target : this.held === 0;
    return pages;
  }
}

export const sawtooth = definePattern({
  name: 'sawtooth',
  parameters: { targetPages: TARGET },
  text: ({ targetPages }, { pages }) => `sawtooth at ${pages(targetPages)}`,
  largestSize: targetAndMapping,
  level: levelOfTarget,
  create: (mappings, threads, { targetPages }) =>
    new SawtoothPattern(mappings, threads, targetPages),
});
