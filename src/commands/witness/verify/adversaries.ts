/**
 * Adversaries for counters too many to enumerate. They drive the real ones through the scheme
 * contract; the greedy one knows nothing of them but when the reading moves.
 */
import { hugePagePages, pagesPerPageTable } from '../../../kernel/page-table.ts';
import { MEMBER } from '../../../kernel/rss-stat.ts';
import { createLedger } from '../../../replay/ledger.ts';
import { createObserver } from '../../../replay/observer.ts';
import { step, type Trial } from '../../../replay/replay.ts';
import type { WorstCase } from '../../../schemes/bound.ts';
import type { Counters, Holding } from '../../../schemes/scheme.ts';
import type { CpuIds } from '../../../topology/cpulist.ts';
import type { PageSize, Pages } from '../../../units.ts';
import { createUpdateColumns } from '../../../update/columns.ts';
import { KIND } from '../../../update/kinds.ts';
import { createReadings } from '../../../update/readings.ts';
import { RECORD_DEFAULTS, type RecordedUpdate } from '../../../update/record.ts';
import { below, type RandomState, seedRandom } from '../../../workload/random.ts';
import type { NewGame } from './search.ts';

/** What the adversaries drive, and whom they drive it with. */
export interface Field {
  /** Counters at zero, made anew. */
  createCounters(): Counters;
  readonly nrCpuIds: number;
  readonly holding: Holding;
  readonly cpus: CpuIds;
  readonly threads: number;
  readonly pageSize: PageSize;
  /** The exact worst case: what the process must hold for all of it to be given back. */
  readonly bound: WorstCase;
}

type DrivenKind = 'fault' | 'huge' | 'bulk' | 'remote';

/** A fault that takes a page is recorded as the unmap that it stands for: the counters see one add. */
function recordOf(kind: DrivenKind, cpu: number, thread: number, pages: Pages): RecordedUpdate {
  const record = { kind, cpu, thread, pages, ...RECORD_DEFAULTS };
  return kind === 'fault' && pages < 0
    ? { ...record, kind: 'bulk', pages: -1, repeat: -pages }
    : record;
}

/** Feeds counters one update of anonymous pages at a time, so that the reading is seen in between. */
function createDriver({ createCounters, nrCpuIds, threads }: Field, isRecorded: boolean) {
  const columns = createUpdateColumns(1);
  const readings = createReadings(1);
  const ledger = createLedger(nrCpuIds);
  const observer = createObserver();
  const { both, rawOnly } = observer;
  const schemes = [{ name: 'driven', counters: createCounters() }];
  const trial: Trial = { ledger, schemes, listeners: [], observers: [observer], readings };
  const stream: RecordedUpdate[] = [];
  columns.threads = threads;
  columns.length = 1;
  columns.member[0] = MEMBER.anon;
  columns.operationEnd[0] = 1;
  return {
    update(kind: DrivenKind, cpu: number, thread: number, pages: Pages): void {
      columns.kind[0] = KIND[kind];
      columns.cpu[0] = cpu;
      columns.thread[0] = thread;
      columns.pages[0] = pages;
      if (isRecorded) stream.push(recordOf(kind, cpu, thread, pages));
      step(trial, columns);
    },
    /** After which adds of the last update, a run of faults, the reading moved. */
    moves(): number[] {
      const { inner } = readings;
      return Array.from({ length: inner.length }, (_, i) =>
        Array.from(
          { length: inner.count[i]! },
          (__, k) => inner.add[i]! + k * Math.abs(inner.step[i]!),
        ),
      ).flat();
    },
    size: () => ledger.members[MEMBER.anon]!,
    updates: () => ledger.operations,
    /** Of the raw reading. */
    extremes: () => ({
      under: 0 - Math.min(both.low, rawOnly.low),
      over: Math.max(both.high, rawOnly.high),
    }),
    stream,
  };
}

type Driver = ReturnType<typeof createDriver>;

/** A yield is a chance to stop. */
type Play = Generator<void, void, void>;

/** Whoever can hold pages back: a CPU, or a thread. */
interface Holder {
  readonly cpu: number;
  readonly thread: number;
}

function holdersOf({ holding, cpus, threads }: Field): readonly Holder[] {
  if (holding.kind === 'threads') {
    return Array.from({ length: threads }, (_, thread) => ({ cpu: cpus[0]!, thread }));
  }
  const holders = holding.kind === 'cells' ? holding.cpus : cpus;
  return Array.from(holders, (cpu) => ({ cpu, thread: 0 }));
}

function shuffled<T>(values: readonly T[], random: RandomState): T[] {
  const order = [...values];
  for (let i = order.length - 1; i > 0; i--) {
    const j = below(random, i + 1);
    [order[i], order[j]] = [order[j]!, order[i]!];
  }
  return order;
}

/** The longest run between two chances to stop. */
const PAGES_PER_RUN = 16_384;

/** A run of faults, or of single pages given back, in updates of PAGES_PER_RUN at most. */
function* run(driver: Driver, { cpu, thread }: Holder, pages: Pages): Play {
  for (let left = Math.abs(pages); left > 0; left -= PAGES_PER_RUN) {
    driver.update('fault', cpu, thread, Math.sign(pages) * Math.min(left, PAGES_PER_RUN));
    yield;
  }
}

/**
 * Goes on until the reading has moved twice: what lies between is what the holder lets go of at
 * once. Then one page less than that again: the most that it can hold back. Where single pages both
 * ways bring a holder back to where it was, as in a tree, it `returns` the whole periods that it
 * took, and the process stays small enough for 32-bit counters.
 */
function* fillHolder(driver: Driver, holder: Holder, sign: 1 | -1, returns: boolean): Play {
  let added = 0;
  let sinceMove = 0;
  let period = 0;
  let moves = 0;
  for (let length = 64; moves < 2; length = Math.min(2 * length, PAGES_PER_RUN)) {
    if (sign < 0 && driver.size() < length) return;
    driver.update('fault', holder.cpu, holder.thread, sign * length);
    let before = 0;
    for (const add of driver.moves()) {
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

/** Rounds of the greedy adversary on either side. */
const ROUNDS = 2;

/** Fills the holders in random order, again and again. */
function* greedy(driver: Driver, field: Field, sign: 1 | -1, random: RandomState): Play {
  const { holding, bound } = field;
  const holders = holdersOf(field);
  // Pages to map first where all the holders are to give pages back.
  const preload = 4 * (bound.under + bound.over + holders.length);
  if (sign < 0) yield* run(driver, holders[0]!, preload);
  for (let round = 0; round < ROUNDS; round++) {
    for (const holder of shuffled(holders, random)) {
      yield* fillHolder(driver, holder, sign, holding.kind === 'tree');
    }
  }
}

/** Updates of the random walk, and those between two changes of what it favours. */
const UPDATES = 1_000_000;
const PHASE = 4096;

/** Faults, huge pages and unmaps of 2^0 … 2^9 pages and more on random CPUs and threads. */
function* randomWalk(driver: Driver, field: Field, random: RandomState): Play {
  const { cpus, threads, pageSize } = field;
  const table = pagesPerPageTable(pageSize);
  const huge = hugePagePages(pageSize);
  let growPerCent = 50;
  let nearby = cpus.length;
  for (let i = 0; i < UPDATES; i++) {
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

/** The adversaries, one after the other. */
export function adversaries(field: Field, seed: number): NewGame<RecordedUpdate> {
  return (isRecorded) => {
    const driver = createDriver(field, isRecorded);
    const random = seedRandom(seed);
    function* play(): Play {
      yield* greedy(driver, field, 1, random);
      // A thread's cache is only ever taken from by a fault, which the closed form leaves out.
      if (field.holding.kind !== 'threads') yield* greedy(driver, field, -1, random);
      yield* randomWalk(driver, field, random);
    }
    const { updates, extremes, stream } = driver;
    return { play: play(), moves: updates, extremes, stream: () => stream };
  };
}
