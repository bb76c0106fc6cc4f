/** Reads a run recorded on a real kernel: its form by the schema, then what its parts say of each other. */
import { InputError, quote, within } from '../../errors.ts';
import { conformTo } from '../../input/conform.ts';
import { formatPath, type Path, parseJsonText } from '../../input/json.ts';
import { MEMBER, MEMBERS } from '../../kernel/rss-stat.ts';
import type { Pages } from '../../units.ts';
import {
  type KernelRun,
  type KernelRunDocument,
  kernelRunSchema,
  type RawSnapshot,
  type RecordedReading,
  type RunEvents,
  type RunScheme,
} from './kernel-run.ts';

type Sample = KernelRunDocument['samples'][number];
type Snapshot = KernelRunDocument['raw_counter_snapshots'][number];

const SCHEME: Record<KernelRunDocument['scheme'], RunScheme> = {
  split_rss_per_thread: 'per-thread',
  percpu_counter: 'per-cpu',
};

const MOVED = {
  MM_FILEPAGES: MEMBER.file,
  MM_ANONPAGES: MEMBER.anon,
  MM_SHMEMPAGES: MEMBER.shmem,
} as const satisfies Record<KernelRunDocument['moved_counter'], number>;

/** Where a snapshot has what each CPU holds of the member that moves. */
const HELD = {
  MM_FILEPAGES: 'file_percpu_nonzero',
  MM_ANONPAGES: 'anon_percpu',
  MM_SHMEMPAGES: 'shmem_percpu_nonzero',
} as const satisfies Record<KernelRunDocument['moved_counter'], keyof Snapshot>;

function missing(path: Path, rule: string): InputError {
  return new InputError(`${formatPath(path)} is missing: ${rule}`);
}

/** By member, in the kernel's order; swap entries are not recorded. */
function byMember<T>(of: (member: 'file' | 'anon' | 'shmem') => T): (T | null)[] {
  return MEMBERS.map((member) => (member === 'swap' ? null : of(member)));
}

/** The recorder writes −1 where it has no value. */
function value(pages: Pages | undefined): Pages | null {
  return pages === undefined || pages === -1 ? null : pages;
}

function readingOf(sample: Sample): RecordedReading {
  return {
    step: sample.step,
    approximate: sample.approx_pages,
    precise: sample.precise_pages,
    shared: byMember((member) => value(sample[`rss_${member}_approx_pages`])),
    cachedAnon: value(sample.cached_anon_sum),
  };
}

/** A list that has a number for each CPU or thread. */
function fullList(
  path: Path,
  list: readonly number[] | undefined,
  length: number,
  of: string,
): readonly number[] | null {
  if (list === undefined) return null;
  if (list.length === length) return list;
  throw new InputError(
    `${formatPath(path)} has length ${list.length}: expected a number for each of ${length} ${of}`,
  );
}

/** What CPUs hold, where only those that hold anything are written. */
function sparseList(
  path: Path,
  counts: Readonly<Record<string, Pages>> | undefined,
  cpus: number,
): readonly Pages[] | null {
  if (counts === undefined) return null;
  const list: Pages[] = new Array(cpus).fill(0);
  for (const [cpu, pages] of Object.entries(counts)) {
    if (Number(cpu) >= cpus) {
      throw new InputError(
        `${formatPath([...path, cpu])} is no CPU of the run: expected 0 to ${cpus - 1}`,
      );
    }
    list[Number(cpu)] = pages;
  }
  return list;
}

function heldByCpus(path: Path, snapshot: Snapshot, cpus: number) {
  const anon = fullList([...path, 'anon_percpu'], snapshot.anon_percpu, cpus, 'CPUs');
  if (anon === null) throw missing([...path, 'anon_percpu'], 'expected what each CPU holds');
  return byMember((member) => {
    if (member === 'anon') return anon;
    const key = `${member}_percpu_nonzero` as const;
    return sparseList([...path, key], snapshot[key], cpus);
  });
}

function heldByThreads(path: Path, snapshot: Snapshot, threads: number) {
  return byMember((member) => {
    const key = `thread_cached_${member}` as const;
    return fullList([...path, key], snapshot[key], threads, 'threads');
  });
}

function snapshotOf(snapshot: Snapshot, index: number, document: KernelRunDocument): RawSnapshot {
  const path = ['raw_counter_snapshots', index];
  const shared = byMember((member) => snapshot[`${member}_count`]);
  const { step } = snapshot;
  if (SCHEME[document.scheme] === 'per-cpu') {
    return { step, shared, held: heldByCpus(path, snapshot, document.nr_cpus), events: null };
  }
  const at = [...path, 'thread_events'];
  const events = fullList(at, snapshot.thread_events, document.threads, 'threads');
  if (events === null) throw missing(at, "expected each thread's event counter");
  return { step, shared, held: heldByThreads(path, snapshot, document.threads), events };
}

/** Where a replay begins. @throws InputError where the state is another's, or half of it is not there. */
function demandStart(first: Snapshot | undefined, document: KernelRunDocument): void {
  const path = ['raw_counter_snapshots', 0];
  if (first === undefined) {
    throw missing([...path, 'step'], 'expected the state at step 0, where a replay begins');
  }
  if (first.step !== 0) {
    throw new InputError(
      `${formatPath([...path, 'step'])} is ${first.step}: expected 0, the state that a replay begins in`,
    );
  }
  if (document.scheme !== 'percpu_counter') return;
  const key = HELD[document.moved_counter];
  if (first[key] === undefined) {
    throw missing([...path, key], `expected what each CPU holds of ${document.moved_counter}`);
  }
}

function constantOf({ scheme, percpu_batch, task_rss_events_thresh }: KernelRunDocument): number {
  const key = scheme === 'percpu_counter' ? 'percpu_batch' : 'task_rss_events_thresh';
  const constant = scheme === 'percpu_counter' ? percpu_batch : task_rss_events_thresh;
  if (typeof constant !== 'number') {
    throw new InputError(
      `${key} is ${quote(constant ?? null)}: expected the kernel's, as ${scheme} has one`,
    );
  }
  return constant;
}

function runOf(document: KernelRunDocument): KernelRun {
  const { events, samples, raw_counter_snapshots: snapshots } = document;
  const nrEvents = demandUpdates(document);
  demandSteps('samples', samples, nrEvents);
  demandSteps('raw_counter_snapshots', snapshots, nrEvents);
  demandSum(samples, events.delta);
  demandStart(snapshots[0], document);
  return {
    kernel: document.kernel,
    release: document.release,
    mode: document.mode,
    scheme: SCHEME[document.scheme],
    cpus: document.nr_cpus,
    threads: document.threads,
    pageSize: document.page_size,
    constant: constantOf(document),
    member: MOVED[document.moved_counter],
    events,
    readings: samples.map(readingOf),
    snapshots: snapshots.map((snapshot, index) => snapshotOf(snapshot, index, document)),
  };
}

/** @throws InputError "ORIGIN: PATH is VALUE: rule" at the first fault of the text. */
export function parseKernelRun(text: string, origin: string): KernelRun {
  return within(origin, () => {
    const document = parseJsonText(text);
    return runOf(conformTo(kernelRunSchema, document, 'a run recorded on a real kernel'));
  });
}

/** @returns how many events there are. @throws InputError at the first that cannot be. */
function demandUpdates({
  events: { thread, cpu, delta },
  nr_cpus: cpus,
  threads,
}: {
  readonly events: RunEvents;
  readonly nr_cpus: number;
  readonly threads: number;
}): number {
  if (thread.length !== delta.length || cpu.length !== delta.length) {
    throw new InputError(
      `events has ${thread.length} threads, ${cpu.length} cpus and ${delta.length} deltas: expected as many of each`,
    );
  }
  delta.forEach((pages, i) => {
    const fault = (list: string, found: number, expected: string) =>
      new InputError(`events.${list}[${i}] is ${found}: expected ${expected}`);
    if (thread[i]! >= threads) {
      throw fault('thread', thread[i]!, `a thread of the run, 0 to ${threads - 1}`);
    }
    if (cpu[i]! >= cpus) throw fault('cpu', cpu[i]!, `a CPU of the run, 0 to ${cpus - 1}`);
    if (pages === 0) throw fault('delta', 0, 'pages that come or go');
  });
  return delta.length;
}

/** What is recorded after so many events is in order, and after no more than there are. */
function demandSteps(
  list: string,
  entries: readonly { readonly step: number }[],
  nrEvents: number,
): void {
  let last = 0;
  entries.forEach(({ step }, i) => {
    const at = `${list}[${i}].step is ${step}`;
    if (step > nrEvents) throw new InputError(`${at}: the run has ${nrEvents} events`);
    if (step < last) throw new InputError(`${at}: expected ${last} or more, steps are in order`);
    last = step;
  });
}

/** The recorder's own sum of its events: a file whose events are not those of its readings. */
function demandSum(
  samples: readonly { readonly step: number; readonly own_pages: Pages }[],
  delta: readonly Pages[],
): void {
  let step = 0;
  let sum = 0;
  samples.forEach((sample, i) => {
    for (; step < sample.step; step++) sum += delta[step]!;
    if (sample.own_pages !== sum) {
      throw new InputError(
        `samples[${i}].own_pages is ${sample.own_pages}: the first ${step} events come to ${sum}`,
      );
    }
  });
}
