/**
 * The hop in one loop: uniform CPUs without gaps, an array of slots, mappings of one page table at
 * most. The draws are those of policy and pattern (policies/uniform.ts, patterns/slots.ts), one
 * update an operation. It is the tree series' own measurement, what claims and long runs replay: one
 * loop makes it twice as fast.
 */
import { MEMBER } from '../kernel/rss-stat.ts';
import { UPDATES_PER_BATCH, type UpdateColumns } from '../update/columns.ts';
import { KIND } from '../update/kinds.ts';
import { type RandomState, reserve, scale } from './contract/random.ts';

export interface Hop {
  readonly random: RandomState;
  /** Threads, CPUs and sizes are at most MOST_IN_DOUBLE. */
  readonly threads: number;
  readonly firstCpu: number;
  readonly cpus: number;
  /** Pages of the mapping in each slot, 0 where it is empty. */
  readonly slotOf: Int32Array;
  /** Mappings are of `min` pages, or of up to `sizes` − 1 more. */
  readonly min: number;
  readonly sizes: number;
  operationsLeft: number;
}

/** Thread, CPU, slot, and the size of a new mapping. */
const MOST_DRAWS = 4;

/** Fills a batch, or what is left. */
export function fillHop(hop: Hop, columns: UpdateColumns): void {
  const { random, threads, firstCpu, cpus, slotOf, min, sizes } = hop;
  const { draws } = random;
  const { thread, cpu, pages, kind, member, operationEnd } = columns;
  const slots = slotOf.length;
  const { bulk } = KIND;
  // Draws that nothing waits for are scaled as doubles. The slot says where the next operation's draws
  // begin: for a power of two slots it is the upper bits.
  const threadsPerDraw = threads * 2 ** -32;
  const cpusPerDraw = cpus * 2 ** -32;
  const sizesPerDraw = sizes * 2 ** -32;
  const slotShift = (slots & (slots - 1)) === 0 ? Math.clz32(slots) + 1 : 32;
  const length = Math.min(UPDATES_PER_BATCH, hop.operationsLeft);
  let row = 0;
  while (row < length) {
    const waiting = reserve(random, MOST_DRAWS);
    const until = Math.min(length, row + Math.floor(waiting / MOST_DRAWS));
    let next = random.next;
    for (; row < until; row++) {
      const draw = draws[next + 2]!;
      const slot = slotShift < 32 ? draw >>> slotShift : scale(draw, slots);
      const mapped = slotOf[slot]!;
      // Half the slots are empty, at random: no processor predicts that, so there is no branch.
      const empty = (mapped - 1) >> 31;
      const size = (min + ((draws[next + 3]! * sizesPerDraw) | 0)) & empty;
      slotOf[slot] = size;
      thread[row] = (draws[next]! * threadsPerDraw) | 0;
      cpu[row] = firstCpu + ((draws[next + 1]! * cpusPerDraw) | 0);
      pages[row] = size - mapped;
      kind[row] = ~empty & bulk;
      next += 3 - empty;
    }
    random.next = next;
  }
  member.fill(MEMBER.anon, 0, length);
  operationEnd.fill(1, 0, length);
  hop.operationsLeft -= length;
  columns.threads = threads;
  columns.uniform = true;
  columns.length = length;
}
