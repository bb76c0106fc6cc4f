/** Words of the tables of bounds and of observed errors, for the help of the commands that show them. */
import { legendLines, type Word } from '../../render/legend.ts';

export const BOUND_WORDS: readonly Word[] = [
  [
    'stated',
    "the bound as the scheme's authors give it: 32 * 768 is the batch of 32 pages times 768, what the levels of a tree over 250 CPUs add up to; 500 * CPUs is a batch of 500 for each CPU",
  ],
  ['exact', 'the worst case that some stream of updates reaches and none exceeds; -low/+high'],
  ['N used', 'exact, over the CPUs that were used, or those of --used'],
  ['settled', 'no update is half done: what it has to hand on has arrived'],
  ['carry', 'what a counter hands on to the one above, once it holds a batch'],
];

const ERRORS: readonly Word[] = [
  ['low, high', 'the largest errors below and above what is resident, over every add'],
  ['mean', 'of the error over the operations, with its sign: below 0 it reads low'],
  [
    'p50|e|',
    'half of the operations were off by at most so much, either way; p99|e|: all but 1% of them',
  ],
  ['at op', 'the operation that reached the largest error'],
];

/** Of --cost; docs/cost.md has more. */
export const COST_WORDS: readonly Word[] = [
  [
    'line',
    "cache line: own, of a thread or CPU; shared, slots, level N, sum: of the process, of nodes, of a tree's items and its sum",
  ],
  ['touch, touches', 'writes to it: plain, atomic or locked; per op: an operation'],
  ['moved', 'touches of a line that another CPU had touched last'],
  [
    'core',
    'moved from the same core; cache, node: from the same; remote: from another node; unknown: it is not known from where',
  ],
  ['bytes', 'of the counters of one process; cache lines: written when they are made'],
  ['per-CPU, slab', 'calls of these allocators; sum reads: counts that one precise sum reads'],
];

/** Of --runs. */
export const RUNS_WORDS: readonly Word[] = [
  ['figure', 'what the mean, the least and the most are of, over the runs'],
  ['95% +-', 'the mean over all seeds is within so much of this mean, with 95% confidence'],
  ['runs', 'those whose mean error came to rest; at the latest after: so many operations'],
];

/** Of bounds and of errors that were observed, and more. */
export function errorLegend(more: readonly Word[] = []): readonly string[] {
  return legendLines([...BOUND_WORDS, ...ERRORS, ...more]);
}
