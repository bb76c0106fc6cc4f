/** Steady at a target that rises from an operation on: a service that leaks. Draws: as steady. */
import type { Pages } from '../../units.ts';
import { definePattern, type MappingSizes } from '../contract/pattern.ts';
import { below } from '../contract/random.ts';
import { HeldPattern, levelOfTarget, TARGET } from './held.ts';

class LeakPattern extends HeldPattern {
  private readonly target: Pages;
  private readonly leakPerThousand: Pages;
  private readonly leakAfter: number;
  private operations = 0;

  constructor(
    mappings: MappingSizes,
    threads: number,
    target: Pages,
    leakPerThousand: Pages,
    leakAfter: number,
  ) {
    super(mappings, threads);
    this.target = target;
    this.leakPerThousand = leakPerThousand;
    this.leakAfter = leakAfter;
  }

  next(): Pages {
    const leaking = Math.max(0, this.operations - this.leakAfter);
    this.operations += 1;
    if (this.held < this.target + (leaking * this.leakPerThousand) / 1000) return this.map();
    const { list, mappings } = this;
    return this.unmap(list.takeAt(below(mappings.random, list.length)));
  }
}

export const leak = definePattern({
  name: 'leak',
  parameters: {
    targetPages: TARGET,
    leakPerThousand: {
      kind: 'count',
      flag: '--leak-pages',
      column: 'leak_pages_per_thousand_operations',
      low: 1,
      high: 64_000,
      default: 50,
      help: 'pages that the target rises by in 1,000 operations',
      description: 'pages in 1,000 operations',
    },
    leakAfter: {
      kind: 'count',
      flag: '--leak-after',
      column: 'leak_after_operations',
      low: 0,
      high: 10 ** 12,
      default: 500_000,
      help: 'operations until the leak begins',
      description: 'operations',
    },
  },
  text: ({ targetPages, leakPerThousand, leakAfter }, { pages, count }) =>
    `steady at ${pages(targetPages)}, leaking ${count(leakPerThousand, 'page')} in 1,000 operations after ${count(leakAfter, 'operation')}`,
  largestSize: ({ targetPages, leakPerThousand, leakAfter }, { operations, mapping }) => {
    const leaked = Math.ceil((Math.max(0, operations - leakAfter) * leakPerThousand) / 1000);
    return {
      pages: targetPages + leaked + mapping,
      how: `a target of ${targetPages} pages, a leak of ${leaked} and a mapping of up to ${mapping}`,
    };
  },
  level: levelOfTarget,
  create: (mappings, threads, { targetPages, leakPerThousand, leakAfter }) =>
    new LeakPattern(mappings, threads, targetPages, leakPerThousand, leakAfter),
});
