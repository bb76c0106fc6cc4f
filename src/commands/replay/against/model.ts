/** A scheme's counters where a recorded kernel's stood, and what can be seen of them. */
import { MEMBER } from '../../../kernel/rss-stat.ts';
import { applyToMm, getMmRss, type Mm } from '../../../process/mm.ts';
import {
  type KernelRun,
  type RawSnapshot,
  updateOfEvent,
} from '../../../recorded/kernel-run/kernel-run.ts';
import { createPerCpuCounters } from '../../../schemes/per-cpu/counters.ts';
import { createPerThreadCounters } from '../../../schemes/per-thread/counters.ts';
import type { Counters } from '../../../schemes/scheme.ts';
import type { Pages } from '../../../units.ts';
import { createUpdateColumns } from '../../../update/columns.ts';
import { createReadings } from '../../../update/readings.ts';

/** The scheme's state as a snapshot has it. */
interface Counted {
  readonly counters: Counters;
  held(member: number): readonly Pages[];
  events(): readonly number[] | null;
}

export interface Model {
  /** Replays the event of this index. */
  apply(event: number): void;
  /** What a reader of RSS sees: file + anon + shmem, each clamped at 0. Pages. */
  approximate(): Pages;
  /** The raw shared value of a member. */
  shared(member: number): Pages;
  /** What each CPU, or each thread, holds back of a member. */
  held(member: number): readonly Pages[];
  /** What all hold back of anon. */
  heldAnon(): Pages;
  /** Each thread's event counter; null where the scheme has none. */
  events(): readonly number[] | null;
}

/** A CPU, or a thread, of which nothing is recorded holds nothing. */
function startOf({ shared, held, events }: RawSnapshot) {
  return {
    shared: shared.map((pages) => pages ?? 0),
    held: held.map((counts) => counts ?? []),
    events: events ?? [],
  };
}

function countedOf(run: KernelRun): Counted {
  const { shared, held, events } = startOf(run.snapshots[0]!);
  if (run.scheme === 'per-thread') {
    const counters = createPerThreadCounters({ shared, cached: held, events });
    // The scheme makes room for more threads than there are.
    const ofThreads = (counts: readonly number[]) => counts.slice(0, run.threads);
    return {
      counters,
      held: (member) => ofThreads(counters.state(member).cached),
      events: () => ofThreads(counters.state(MEMBER.anon).events),
    };
  }
  const online = Int32Array.from({ length: run.cpus }, (_, cpu) => cpu);
  const counters = createPerCpuCounters(
    { nrCpuIds: run.cpus, online },
    { batch: null },
    { shared, local: held },
  );
  return { counters, held: (member) => counters.state(member).local, events: () => null };
}

/** The model of the run's scheme in the state of its first snapshot. */
export function createModel(run: KernelRun): Model {
  const { counters, held, events } = countedOf(run);
  const mm: Mm = { counters, readings: Float64Array.from(startOf(run.snapshots[0]!).shared) };
  const columns = createUpdateColumns(1);
  const meanwhile = createReadings(1);
  columns.length = 1;
  columns.threads = run.threads;

  function apply(event: number): void {
    const delta = run.events.delta[event]!;
    const { kind, member } = updateOfEvent(run, delta);
    columns.thread[0] = run.events.thread[event]!;
    columns.cpu[0] = run.events.cpu[event]!;
    columns.kind[0] = kind;
    columns.member[0] = member;
    columns.pages[0] = delta;
    applyToMm(mm, columns, meanwhile);
  }

  return {
    apply,
    approximate: () => getMmRss(mm),
    shared: (member) => mm.readings[member]!,
    held,
    heldAnon: () => held(MEMBER.anon).reduce((sum, pages) => sum + pages, 0),
    events,
  };
}
