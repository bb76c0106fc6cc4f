/** Words of the tables of bounds, for the help. */
import { legendLines } from '../../render/legend.ts';
import { BOUND_WORDS } from '../compare/legend.ts';

export function boundLegend(): readonly string[] {
  return legendLines([
    ...BOUND_WORDS,
    ['reached by', 'how many CPUs, nodes or threads hold pages back when the exact worst case is'],
    ['N running', 'exact while N updates are in flight (--in-flight), each half done'],
    ['N stalled', 'exact while all but one of these are stopped half done, and all others done'],
    ['stated/exact', 'the stated bound divided by the exact one'],
    [
      'one counter',
      'of one member: file, anon or shmem; RSS: of the three together; RSS + swap: of all',
    ],
    ['raw, as read', 'the counters themselves; with each member below 0 read as 0'],
    ['sums', "whose pages --reader's figure counts"],
    ['mm_struct', 'bytes of the counters in the struct of the process'],
    ['per-CPU', 'bytes of the words that each CPU has, of all possible CPUs'],
    ['tree items', "bytes of a tree's inner counters"],
    ['tasks', 'bytes of the caches that the threads have'],
    [
      'a*N',
      'growth by a*N, a*N*log2(N) or a*N^2: what the best a leaves, the root of the sum of squares as a share of that of the bounds; 0% fits. best: the curve that leaves least',
    ],
  ]);
}
