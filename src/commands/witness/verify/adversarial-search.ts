/**
 * Adversaries for machines too large to enumerate. Both drive the real counters through the scheme
 * contract; the greedy one knows nothing of them but when the reading moves.
 */
import { hugePagePages, pagesPerPageTable } from '../../../kernel/page-table.ts';
import type { CpuIds } from '../../../topology/cpulist.ts';
import type { PageSize, Pages } from '../../../units.ts';
import { below, type RandomState } from '../../../workload/random.ts';
import type { Direction } from '../witness-stream.ts';
import type { Driver } from './driver.ts';

/** The longest run between two chances to stop. */
const PAGES_PER_RUN = 16_384;

/** Whoever can hold pages back: a CPU, or a thread. */
export interface Holder {
  readonly cpu: number;
  readonly thread: number;
}

export interface Adversarial {
  readonly cpus: CpuIds;
  readonly threads: number;
  /** Those that the greedy adversary fills one after the other. */
  readonly holders: readonly Holder[];
  readonly pageSize: PageSize;
  /** Pages to map first where all the holders are to give pages back. */
  readonly preload: Pages;
  /**
   * Single pages both ways bring a holder back to where it was, as in a tree: then each gives back
   * the whole periods that it took, and the process stays small enough for 32-bit counters.
   */
  readonly returns: boolean;
}

/** A yield is a chance to stop. */
export type Search = Generator<void, void, void>;

function shuffled<T>(values: readonly T[], random: RandomState): T[] {
  const order = [...values];
  for (let i = order.length - 1; i > 0; i--) {
    const j = below(random, i + 1);
    [order[i], order[j]] = [order[j]!, order[i]!];
  }
  return order;
}

/** A run of faults, or of single pages given back, in updates of PAGES_PER_RUN at most. */
function* run(driver: Driver, { cpu, thread }: Holder, pages: Pages): Search {
  for (let left = Math.abs(pages); left > 0; left -= PAGES_PER_RUN) {
    driver.update('fault', cpu, thread, Math.sign(pages) * Math.min(left, PAGES_PER_RUN));
    yield;
  }
}

/**
 * Goes on until the reading has moved twice: what lies between is what the holder lets go of at
 * once. Then one page less than that again: the most that it can hold back.
 */
function* fillHolder(driver: Driver, holder: Holder, sign: 1 | -1, returns: boolean): Search {
  let added = 0;
  let sinceMove = 0;
  let period = 0;
  let moves = 0;
  for (let length = 64; moves < 2; length = Math.min(2 * length, PAGES_PER_RUN)) {
    if (sign < 0 && driver.size() < length) return;
    let before = 0;
    for (const add of driver.update('fault', holder.cpu, holder.thread, sign * length)) {
      period = sinceMove + add - before;
      sinceMove = 0;
      before = add;
      moves += 1;
    }
    sinceMove += length - before;
    added += length;
    yield;
  }
  const rest = period - 1 - sinceMove;
  if (driver.size() + sign * rest < 0) return;
  yield* run(driver, holder, sign * rest);
  const periods = Math.floor((added + rest) / period);
  if (returns) yield* run(driver, holder, -sign * periods * period);
}

/** Fills the holders in random order, as often as rounds say. */
export function* greedy(
  driver: Driver,
  { holders, preload, returns }: Adversarial,
  direction: Direction,
  rounds: number,
  random: RandomState,
): Search {
  if (direction === 'over') yield* run(driver, holders[0]!, preload);
  for (let round = 0; round < rounds; round++) {
    for (const holder of shuffled(holders, random)) {
      yield* fillHolder(driver, holder, direction === 'under' ? 1 : -1, returns);
    }
  }
}

/** Updates between two changes of what the walk favours. */
const PHASE = 4096;

/** Faults, huge pages and unmaps of 2^0 … 2^9 pages and more on random CPUs and threads. */
export function* randomWalk(
  driver: Driver,
  { cpus, threads, pageSize }: Adversarial,
  updates: number,
  random: RandomState,
): Search {
  const table = pagesPerPageTable(pageSize);
  const huge = hugePagePages(pageSize);
  let growPerCent = 50;
  let nearby = cpus.length;
  for (let i = 0; i < updates; i++) {
    if (i % PHASE === 0) {
      growPerCent = 30 + below(random, 41);
      nearby = 1 + below(random, cpus.length);
    }
    const cpu = cpus[below(random, nearby)]!;
    const thread = below(random, threads);
    const most = 1 << below(random, 10);
    const pages = 1 + below(random, Math.min(most, table));
    const isHuge = below(random, 32) === 0;
    if (below(random, 100) < growPerCent) {
      driver.update(isHuge ? 'huge' : 'fault', cpu, thread, isHuge ? huge : pages);
    } else if (driver.size() >= pages) {
      const kind = below(random, 2) === 0 ? 'bulk' : 'remote';
      driver.update(kind, cpu, thread, isHuge && driver.size() >= huge ? -huge : -pages);
    }
    yield;
  }
}
