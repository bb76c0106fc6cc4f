/**
 * The hop in one loop: uniform CPUs without gaps, an array of a power of two slots, mappings of one page
 * table at most. The draws are those of policy and pattern (policies/uniform.ts, patterns/slots.ts), one
 * update an operation. It is the tree series' own measurement, what claims and long runs replay: one
 * loop makes it twice as fast.
 */
import { MEMBER } from '../kernel/rss-stat.ts';
import { rowsPerCall, UPDATES_PER_BATCH, type UpdateColumns } from '../update/columns.ts';
import { KIND } from '../update/kinds.ts';

export interface Hop {
  /** The generator's, which no one else draws from. */
  readonly words: Int32Array;
  /** Threads, CPUs and sizes are at most MOST_IN_DOUBLE. */
  readonly threads: number;
  readonly firstCpu: number;
  readonly cpus: number;
  /** Pages of the mapping in each slot, 0 where it is empty; 2, 4, 8, … slots. */
  readonly slotOf: Int32Array;
  /** Mappings are of `min` pages, or of up to `sizes` − 1 more. */
  readonly min: number;
  readonly sizes: number;
  readonly operations: number;
  operationsLeft: number;
}

/**
 * Draws some rows. The generator's steps (contract/random.ts) are spelt out, three and one
 * that is taken only for a new mapping: half the slots are empty, at random, which no processor
 * predicts, so all depends on `empty` by masks of ones, and nothing by a branch.
 */
function drawRows(
  { words, threads, firstCpu, cpus, slotOf, min, sizes }: Hop,
  { integers, stride: ofPages }: UpdateColumns,
  from: number,
  to: number,
): void {
  const ofThread = 2 * ofPages;
  const ofKind = 3 * ofPages;
  const { bulk } = KIND;
  // Draws that nothing waits for are scaled as doubles; of a power of two slots the upper bits say which.
  const threadsPerDraw = threads * 2 ** -32;
  const cpusPerDraw = cpus * 2 ** -32;
  const sizesPerDraw = sizes * 2 ** -32;
  const slotShift = Math.clz32(slotOf.length) + 1;
  let s0 = words[0]!;
  let s1 = words[1]!;
  let s2 = words[2]!;
  let s3 = words[3]!;
  let product = 0;
  let shifted = 0;
  for (let row = from | 0; row < to; row++) {
    product = Math.imul(s1, 5);
    const drawnThread = Math.imul((product << 7) | (product >>> 25), 9) >>> 0;
    integers[(ofThread + row) | 0] = (drawnThread * threadsPerDraw) | 0;
    shifted = s1 << 9;
    s2 ^= s0;
    s3 ^= s1;
    s1 ^= s2;
    s0 ^= s3;
    s2 ^= shifted;
    s3 = (s3 << 11) | (s3 >>> 21);

    product = Math.imul(s1, 5);
    const drawnCpu = Math.imul((product << 7) | (product >>> 25), 9) >>> 0;
    integers[row] = firstCpu + ((drawnCpu * cpusPerDraw) | 0);
    shifted = s1 << 9;
    s2 ^= s0;
    s3 ^= s1;
    s1 ^= s2;
    s0 ^= s3;
    s2 ^= shifted;
    s3 = (s3 << 11) | (s3 >>> 21);

    product = Math.imul(s1, 5);
    const drawnSlot = Math.imul((product << 7) | (product >>> 25), 9) >>> 0;
    const slot = drawnSlot >>> slotShift;
    const mapped = slotOf[slot]!;
    const empty = (mapped - 1) >> 31;
    shifted = s1 << 9;
    s2 ^= s0;
    s3 ^= s1;
    s1 ^= s2;
    s0 ^= s3;
    s2 ^= shifted;
    s3 = (s3 << 11) | (s3 >>> 21);

    product = Math.imul(s1, 5);
    const drawnSize = Math.imul((product << 7) | (product >>> 25), 9) >>> 0;
    const size = (min + ((drawnSize * sizesPerDraw) | 0)) & empty;
    slotOf[slot] = size;
    integers[(ofPages + row) | 0] = size - mapped;
    integers[(ofKind + row) | 0] = ~empty & bulk;
    const even = s2 ^ s0;
    const odd = s3 ^ s1;
    s2 ^= (s0 ^ (s1 << 9)) & empty;
    s3 ^= (s3 ^ ((odd << 11) | (odd >>> 21))) & empty;
    s1 ^= even & empty;
    s0 ^= odd & empty;
  }
  words[0] = s0;
  words[1] = s1;
  words[2] = s2;
  words[3] = s3;
}

/** Fills a batch, or what is left. */
export function fillHop(hop: Hop, columns: UpdateColumns): void {
  const length = Math.min(UPDATES_PER_BATCH, hop.operationsLeft);
  const atOnce = rowsPerCall(hop.operations - hop.operationsLeft);
  for (let row = 0; row < length; row += atOnce) {
    drawRows(hop, columns, row, Math.min(row + atOnce, length));
  }
  columns.member.fill(MEMBER.anon, 0, length);
  columns.operationEnd.fill(1, 0, length);
  hop.operationsLeft -= length;
  columns.threads = hop.threads;
  columns.uniform = true;
  columns.endsEach = true;
  columns.length = length;
}
