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
import { createCounters, formatScheme } from '../../../schemes/registry.ts';
import type { Holding } from '../../../schemes/scheme.ts';
import type { Pages } from '../../../units.ts';
import { createByMember } from '../../../update/by-member.ts';
import { createUpdateColumns } from '../../../update/columns.ts';
import { KIND } from '../../../update/kinds.ts';
import { createReadings } from '../../../update/readings.ts';
import { RECORD_DEFAULTS, type RecordedUpdate } from '../../../update/record.ts';
import { below, type RandomState, seedRandom } from '../../../workload/contract/random.ts';
import { threadOnCell } from '../witness-stream.ts';
import type { VerifyRequest } from './judge.ts';
import type { NewGame } from './search.ts';

/** What the adversaries drive counters of, and whom they drive them with. */
interface Field extends VerifyRequest {
  readonly holding: Holding;
  /** The exact worst case: what the process must hold for all of it to be given back. */
  readonly bound: WorstCase;
}

/** Whoever can hold pages back: a CPU, or a thread. */
interface Holder {
  readonly cpu: number;
  readonly thread: number;
}

type DrivenKind = 'fault' | 'huge' | 'bulk' | 'remote';

/** A fault that takes a page is recorded as the unmap that it stands for: the counters see one add. */
function recordOf(kind: DrivenKind, cpu: number, thread: number, pages: Pages): RecordedUpdate {
  const record = { kind, cpu, thread, pages, ...RECORD_DEFAULTS };
  return kind === 'fault' && pages < 0
    ? { ...record, kind: 'bulk', pages: -1, repeat: -pages }
    : record;
}

/** Updates that are made together where no one looks at the reading in between. */
const BATCH = 256;

/** Feeds counters that begin at zero updates of anonymous pages. */
function createDriver({ spec, topology, threads }: Field, isRecorded: boolean) {
  const columns = createUpdateColumns(BATCH);
  const ledger = createLedger(topology.nrCpuIds);
  const observer = createObserver();
  const { both, rawOnly } = observer;
  const schemes = [{ name: formatScheme(spec), counters: createCounters(topology, spec) }];
  const room = { readings: createReadings(BATCH), byMember: createByMember(BATCH) };
  const trial: Trial = {
    ...{ ledger, schemes, listeners: [], observers: [observer], ...room },
    areAllChangesRead: true,
  };
  const stream: RecordedUpdate[] = [];
  let size: Pages = 0;
  columns.threads = threads;
  columns.member.fill(MEMBER.anon);
  columns.operationEnd.fill(1);
  /** Makes what has been put in the batch. */
  function make(): void {
    step(trial, columns);
    columns.length = 0;
  }
  /** Puts an update in the batch. */
  function put(kind: DrivenKind, { cpu, thread }: Holder, pages: Pages): void {
    const row = columns.length;
    columns.kind[row] = KIND[kind];
    columns.cpu[row] = cpu;
    columns.thread[row] = thread;
    columns.pages[row] = pages;
    columns.length = row + 1;
    size += pages;
    if (isRecorded) stream.push(recordOf(kind, cpu, thread, pages));
  }
  return {
    put,
    make,
    isFull: () => columns.length === BATCH,
    /** A run of faults, alone. @returns after which of its adds the reading moved. */
    run(holder: Holder, pages: Pages): number[] {
      put('fault', holder, pages);
      make();
      const { inner } = room.readings;
      return Array.from({ length: inner.length }, (_, i) =>
        Array.from(
          { length: inner.count[i]! },
          (__, k) => inner.add[i]! + k * Math.abs(inner.step[i]!),
        ),
      ).flat();
    },
    /** What the process holds once the batch is made. */
    size: () => size,
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

function holdersOf({ holding, cpus, threads }: Field): readonly Holder[] {
  if (holding.kind === 'threads') {
    return Array.from({ length: threads }, (_, thread) => ({ cpu: cpus[0]!, thread }));
  }
  if (holding.kind === 'tree') return Array.from(cpus, (cpu) => ({ cpu, thread: 0 }));
  const threadOf = (i: number) => (holding.kind === 'cells' ? threadOnCell(holding, i) : 0);
  return Array.from(holding.cpus, (cpu, i) => ({ cpu, thread: threadOf(i) }));
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
function* run(driver: Driver, holder: Holder, pages: Pages): Play {
  for (let left = Math.abs(pages); left > 0; left -= PAGES_PER_RUN) {
    driver.run(holder, Math.sign(pages) * Math.min(left, PAGES_PER_RUN));
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
    let before = 0;
    for (const add of driver.run(holder, sign * length)) {
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
    const holder = { cpu: cpus[below(random, nearby)]!, thread: below(random, threads) };
    const most = 1 << below(random, 10);
    const pages = 1 + below(random, Math.min(most, table));
    const isHuge = below(random, 32) === 0;
    if (below(random, 100) < growPerCent) {
      driver.put(isHuge ? 'huge' : 'fault', holder, isHuge ? huge : pages);
    } else if (driver.size() >= pages) {
      const kind = below(random, 2) === 0 ? 'bulk' : 'remote';
      driver.put(kind, holder, isHuge && driver.size() >= huge ? -huge : -pages);
    }
    if (!driver.isFull()) continue;
    driver.make();
    yield;
  }
  driver.make();
}

/** The adversaries, one after the other. */
export function adversaries(field: Field): NewGame<RecordedUpdate> {
  return (isRecorded) => {
    const driver = createDriver(field, isRecorded);
    const random = seedRandom(field.seed);
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
