/** Walks through a trace and hands each process that is asked for what happens to it, in order. */
import { InputError, quote } from '../../errors.ts';
import { MEMBERS } from '../../kernel/rss-stat.ts';
import { createTraceCounts, type TraceCounts } from '../../recorded/trace/event.ts';
import { type Life, type LifeBatch, lifeName } from '../../recorded/trace/life.ts';
import type { TraceFeed } from '../../recorded/trace/read-trace.ts';
import {
  createReconstruction,
  type Reconstruction,
  type StepUpdate,
  type TraceSteps,
} from '../../recorded/trace/reconstruct.ts';
import { type SchemeSpec, schemeOf } from '../../schemes/registry.ts';
import type { Topology } from '../../topology/topology.ts';
import type { Pages } from '../../units.ts';
import { MOST_ROW_PAGES, ROW_SHAPES } from '../../update/record.ts';
import { placeTasks, type TraceRequest } from './request.ts';

/** Names that a message lists. */
const MOST_NAMES = 10;

/** Processes that still live where the trace ends come to their own. */
const ENDS_BETWEEN_YIELDS = 256;

/** What is made of processes. */
export interface ProcessOwner<T extends Intake> {
  /** So many updates and offsets of a process are kept before it is opened: many never have more. */
  readonly opensBehind: number;
  /** A process asked for begins; a line of it, for messages. It has so many updates at the most. */
  open(life: Life, line: number, mostUpdates: number): T;
  /** It has ended, or the trace has. */
  close(life: Life, intake: T): void;
}

/** What there was beside the processes. */
export interface TraceRun extends Pick<Reconstruction, 'statistics'> {
  readonly lines: TraceCounts;
  readonly counts: Reconstruction['counts'];
  readonly updatesBeforeNamed: number;
  /** Processes that were asked for. */
  readonly chosen: number;
  /** The first few names of tasks, and the lines they turned up in. */
  readonly names: ReadonlyMap<string, number>;
  /** The same of mm_ids, where one was asked for and these are others. */
  readonly otherMms: ReadonlyMap<number, number>;
}

/** Whether one of the schemes heeds when threads begin, and when CPUs switch. */
function heedMoments(schemes: readonly SchemeSpec[]): boolean {
  return schemes.some((spec) => schemeOf(spec).heldBy.byThreads === true);
}

/**
 * Yields now and then, with the events read so far. A process counts as asked for from its first
 * event on, where its name turns up in time.
 * @throws InputError at a line that cannot be read.
 */
export async function* runTrace<T extends Intake>(
  request: TraceRequest,
  feed: TraceFeed,
  owner: ProcessOwner<T>,
): AsyncGenerator<number, TraceRun> {
  const { topology, schemes, name, mm, pageSize } = request;
  const { comm, life: ordinal, spread } = request.trace;
  const lines = createTraceCounts();
  const place = spread === null ? null : placeTasks(topology, spread);
  const tellsMoments = heedMoments(schemes);
  const online = onlineOf(topology);
  const demand = demandReplayable(topology, online, name);
  const names = new Map<string, number>();
  const otherMms = new Map<number, number>();
  let chosen = 0;
  let updatesBeforeNamed = 0;

  /** Null where another process was asked for. */
  function candidateOf(life: Life<Candidate<T>>): Candidate<T> | null {
    if (life.of !== null) return life.of;
    if (mm !== null && life.mmId !== mm) {
      if (otherMms.size < MOST_NAMES) otherMms.set(life.mmId, life.firstLine);
      return null;
    }
    if (ordinal !== null && life.ordinal !== ordinal) return null;
    const candidate: Candidate<T> = { chosen: false, intake: null, kept: [], updatesDropped: 0 };
    life.of = candidate;
    if (comm === null) choose(candidate);
    return candidate;
  }

  function choose(candidate: Candidate<T>): void {
    if (!candidate.chosen) chosen += 1;
    candidate.chosen = true;
  }

  /** Opens a process, for which so many updates will come at the most, and replays what was kept. */
  function open(life: Life, { kept }: Candidate<T>, line: number, mostUpdates: number): T {
    const intake = owner.open(life, line, mostUpdates);
    for (const one of kept) enter(intake, one);
    return intake;
  }

  /** From here on the process is replayed as it goes. */
  function openForGood(life: Life, candidate: Candidate<T>, line: number): void {
    const intake = open(life, candidate, line, Number.POSITIVE_INFINITY);
    candidate.intake = intake;
    candidate.kept = [];
    // Threads that are placed elsewhere have to be told of, and moments come between updates.
    const isTold = place !== null || tellsMoments;
    if (isTold || intake.batch === undefined) return;
    // Not spread, here and at lanes: each object would be of a class of its own to the compiler.
    const { columns, flush } = intake.batch;
    life.batch = { columns, flush, online };
  }

  function enterOrKeep(life: Life, candidate: Candidate<T>, one: Kept, line: number): void {
    keep(candidate, one);
    if (candidate.chosen && candidate.kept.length > owner.opensBehind) {
      openForGood(life, candidate, line);
    }
  }

  const steps: TraceSteps<Candidate<T>> = {
    update(life, update) {
      const candidate = candidateOf(life);
      // The recorded CPU's switch is none of the CPU that the thread is placed on.
      if (candidate === null || (update.kind === 'switch-out' && place !== null)) return;
      const isStart = update.kind === 'thread-start';
      const cpu = place === null || isStart ? update.cpu : place(update.thread);
      if (!isStart) demand(update, cpu);
      if (candidate.intake !== null) candidate.intake.add(update, cpu);
      else enterOrKeep(life, candidate, { update: { ...update }, cpu }, update.line);
    },
    offset(life, member, pages, line) {
      const candidate = candidateOf(life);
      if (candidate === null) return;
      if (candidate.intake !== null) candidate.intake.offset(member, pages);
      else enterOrKeep(life, candidate, { member, pages }, line);
    },
    named(life, name, line) {
      if (names.size < MOST_NAMES && !names.has(name)) names.set(name, line);
      const candidate = candidateOf(life);
      if (candidate === null) return;
      if (name === comm) choose(candidate);
      const { chosen: isChosen, intake } = candidate;
      if (isChosen && intake === null && owner.opensBehind === 0) {
        openForGood(life, candidate, line);
      }
    },
    end(life, line) {
      const isSilent = life.of === null;
      // One that no update or task told of is asked for all the same.
      const candidate = candidateOf(life);
      life.of = null;
      if (candidate === null || isSilent) return;
      if (!candidate.chosen) return;
      updatesBeforeNamed += candidate.updatesDropped;
      // Not kept in the candidate: a dead old object's reference would make the collector keep it longer.
      const { intake, kept } = candidate;
      owner.close(life, intake ?? open(life, candidate, line, kept.length));
    },
  };
  const reconstruction = createReconstruction(pageSize, steps, { tellsMoments });

  for await (const _ of feed(lines, reconstruction)) {
    yield lines.rssStatEvents;
  }
  let ends = 0;
  for (const _ of reconstruction.finish()) {
    ends += 1;
    if (ends % ENDS_BETWEEN_YIELDS === 0) yield lines.rssStatEvents;
  }
  const { counts, statistics } = reconstruction;
  return { lines, counts, statistics, updatesBeforeNamed, chosen, names, otherMms };
}

/** @throws InputError where no process is as asked for. */
export function demandChosen(request: TraceRequest, run: TraceRun): void {
  if (run.chosen === 0) throw nothingChosen(request, run);
}

function nothingChosen(
  { name, mm, trace: { comm, life } }: TraceRequest,
  { names, otherMms }: TraceRun,
): InputError {
  const asked = [
    ...(mm === null ? [] : [`mm_id ${lifeName(mm, life ?? 1)}`]),
    ...(comm === null ? [] : [`a task named ${quote(comm)}`]),
  ].join(' and ');
  const listed = (all: readonly (string | number)[]) =>
    all.length === 0 ? 'none' : all.map((one) => quote(one)).join(', ');
  const seen = [
    ...(otherMms.size === 0 ? [] : [`mm_ids in it are ${listed([...otherMms.keys()])}`]),
    ...(otherMms.size > 0 && comm === null ? [] : [`tasks in it are ${listed([...names.keys()])}`]),
  ];
  return new InputError(`no process with ${asked}: ${seen.join('; ')}`).within(name);
}

/** Updates kept of a process that has not been named: beyond, its start becomes an offset. */
const KEPT_UPDATES = 4096;

interface KeptUpdate {
  readonly update: StepUpdate;
  readonly cpu: number;
}

interface KeptOffset {
  readonly member: number;
  readonly pages: Pages;
}

type Kept = KeptUpdate | KeptOffset;

/** What takes in what happens to a process. */
export interface Intake {
  /** An update on this CPU; a task's first one makes it a thread of the process. */
  add(update: StepUpdate, cpu: number): void;
  /** Pages that truth and readings alike have, and no CPU holds back. */
  offset(member: number, pages: Pages): void;
  /** Where updates may be put instead, of tasks by their ids. */
  readonly batch?: Omit<LifeBatch, 'online'>;
}

interface Candidate<T extends Intake> {
  /** It is known to be asked for. */
  chosen: boolean;
  /** Null: what happens to it is kept. */
  intake: T | null;
  kept: Kept[];
  /** Updates of its start that had to be turned into offsets. */
  updatesDropped: number;
}

function enter(intake: Intake, kept: Kept): void {
  if ('update' in kept) intake.add(kept.update, kept.cpu);
  else intake.offset(kept.member, kept.pages);
}

/** What so many updates and offsets left in each member, as offsets. */
function asOffsets(kept: readonly Kept[]): Kept[] {
  const sums = new Map<number, Pages>();
  const add = (member: number, pages: Pages) => sums.set(member, (sums.get(member) ?? 0) + pages);
  for (const one of kept) {
    if ('update' in one) {
      const { kind, member, pages } = one.update;
      for (const shape of ROW_SHAPES[kind][member]!) add(shape.member, shape.sign * pages);
    } else {
      add(one.member, one.pages);
    }
  }
  return [...sums].map(([member, pages]) => ({ member, pages }));
}

function keep(candidate: Candidate<Intake>, one: Kept): void {
  if (candidate.kept.length === KEPT_UPDATES) {
    candidate.updatesDropped += candidate.kept.filter((kept) => 'update' in kept).length;
    candidate.kept = asOffsets(candidate.kept);
  }
  // An empty list that is pushed to makes room for many.
  if (candidate.kept.length === 0) candidate.kept = [one];
  else candidate.kept.push(one);
}

/** 1 for each CPU that is. */
function onlineOf({ nrCpuIds, online }: Topology): Uint8Array {
  const isOnline = new Uint8Array(nrCpuIds);
  for (const cpu of online) isOnline[cpu] = 1;
  return isOnline;
}

/**
 * @throws InputError (the function returned) where an update's CPU is not on-line, and where it is
 *   larger than any: 2^30 pages at once are a size that was misread or made up.
 */
function demandReplayable({ name }: Topology, isOnline: Uint8Array, origin: string) {
  return ({ member, pages, line }: StepUpdate, cpu: number): void => {
    if (isOnline[cpu] !== 1) {
      throw new InputError(
        `cpu is ${cpu}: ${name} has no such CPU on-line: choose a larger machine (--topology), or place the threads on this one (--spread)`,
      )
        .within(`line ${line}`)
        .within(origin);
    }
    if (Math.abs(pages) > MOST_ROW_PAGES) {
      throw new InputError(
        `${MEMBERS[member]} changes by ${pages} pages at once: expected at most ${MOST_ROW_PAGES} either way`,
      )
        .within(`line ${line}`)
        .within(origin);
    }
  };
}
