/** Walks through a trace and hands each process that is asked for what happens to it, in order. */
import { InputError, quote } from '../../errors.ts';
import type { Chunks } from '../../input/text-lines.ts';
import {
  createTraceCounts,
  type ReplayedEvent,
  type TraceCounts,
  type TraceForm,
} from '../../recorded/trace/event.ts';
import { readTrace } from '../../recorded/trace/read-trace.ts';
import {
  createReconstruction,
  type Life,
  lifeName,
  type Reconstruction,
  type TraceStep,
} from '../../recorded/trace/reconstruct.ts';
import type { Topology } from '../../topology/topology.ts';
import type { Pages } from '../../units.ts';
import { MOST_ROW_PAGES, type RecordedUpdate, rowShapes } from '../../update/record.ts';
import { placeTasks, type ReplayRequest } from './request.ts';

/** Names that a message lists. */
const MOST_NAMES = 10;

/** Steps at the end of a trace, where all processes that still live come to theirs. */
const STEPS_BETWEEN_YIELDS = 256;

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
}

/**
 * Yields now and then, with the events read so far. A process counts as asked for from its first
 * event on, where its name turns up in time.
 * @throws InputError at a line that cannot be read, and where no process is as asked for.
 */
export async function* runTrace<T extends Intake>(
  request: ReplayRequest,
  form: TraceForm,
  chunks: Chunks,
  owner: ProcessOwner<T>,
): AsyncGenerator<number, TraceRun> {
  const { topology, name, mm, pageSize } = request;
  const { comm, life: ordinal, spread } = request.trace;
  const lines = createTraceCounts();
  const reconstruction = createReconstruction(pageSize);
  const place = spread === null ? null : placeTasks(topology, spread);
  const demand = demandReplayable(topology, name);
  const alive = new Map<Life, Candidate<T>>();
  const names = new Set<string>();
  let chosen = 0;
  let updatesBeforeNamed = 0;

  function candidateOf(life: Life): Candidate<T> {
    let candidate = alive.get(life);
    if (candidate === undefined) {
      candidate = { chosen: false, intake: null, kept: [], updatesDropped: 0 };
      alive.set(life, candidate);
      if (comm === null) choose(candidate);
    }
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
    candidate.intake = open(life, candidate, line, Number.POSITIVE_INFINITY);
    candidate.kept = [];
  }

  function end(life: Life, line: number): void {
    const candidate = alive.get(life);
    alive.delete(life);
    if (candidate === undefined || !candidate.chosen) return;
    updatesBeforeNamed += candidate.updatesDropped;
    // Not kept in the candidate: a dead old object's reference would make the collector keep it longer.
    const { intake, kept } = candidate;
    owner.close(life, intake ?? open(life, candidate, line, kept.length));
  }

  function enterOrKeep(life: Life, candidate: Candidate<T>, one: Kept, line: number): void {
    if (candidate.intake === null) {
      keep(candidate, one);
      if (candidate.chosen && candidate.kept.length > owner.opensBehind) {
        openForGood(life, candidate, line);
      }
    } else {
      enter(candidate.intake, one);
    }
  }

  function take(step: TraceStep): void {
    const { life, line } = step;
    if (step.step === 'named' && names.size < MOST_NAMES) names.add(step.comm);
    if (mm !== null && life.mmId !== mm) return;
    if (ordinal !== null && life.ordinal !== ordinal) return;
    if (step.step === 'end') {
      end(life, line);
      return;
    }
    const candidate = candidateOf(life);
    if (step.step === 'named') {
      if (step.comm === comm) choose(candidate);
      const { chosen: isChosen, intake } = candidate;
      if (isChosen && intake === null && owner.opensBehind === 0)
        openForGood(life, candidate, line);
    } else if (step.step === 'offset') {
      enterOrKeep(life, candidate, { member: step.member, pages: step.pages }, line);
    } else {
      const { record } = step;
      const cpu = place === null ? record.cpu : place(record.thread);
      demand(record, cpu, line);
      enterOrKeep(life, candidate, { record, cpu, line }, line);
    }
  }

  const steps: TraceStep[] = [];
  const takeEvent = (event: ReplayedEvent) => {
    reconstruction.take(event, steps);
    for (const step of steps) take(step);
    steps.length = 0;
  };
  for await (const _ of readTrace(chunks, form, name, pageSize, lines, takeEvent)) {
    yield lines.rssStatEvents;
  }
  reconstruction.finish(steps);
  for (const [i, step] of steps.entries()) {
    take(step);
    if (i % STEPS_BETWEEN_YIELDS === 0) yield lines.rssStatEvents;
  }
  if (chosen === 0) throw nothingChosen(request, [...names]);
  const { counts, statistics } = reconstruction;
  return { lines, counts, statistics, updatesBeforeNamed };
}

function nothingChosen(
  { name, mm, trace: { comm, life } }: ReplayRequest,
  names: readonly string[],
): InputError {
  const asked = [
    ...(mm === null ? [] : [`mm_id ${lifeName(mm, life ?? 1)}`]),
    ...(comm === null ? [] : [`a task named ${quote(comm)}`]),
  ].join(' and ');
  const seen = names.length === 0 ? 'none' : names.map((one) => quote(one)).join(', ');
  return new InputError(`${name}: no process with ${asked}: tasks in it are ${seen}`);
}

/** Updates kept of a process that has not been named: beyond, its start becomes an offset. */
const KEPT_UPDATES = 4096;

interface KeptUpdate {
  readonly record: RecordedUpdate;
  readonly cpu: number;
  readonly line: number;
}

interface KeptOffset {
  readonly member: number;
  readonly pages: Pages;
}

type Kept = KeptUpdate | KeptOffset;

/** What takes in what happens to a process. */
export interface Intake {
  /** An update on this CPU; a task's first one makes it a thread of the process. */
  add(record: RecordedUpdate, cpu: number, line: number): void;
  /** Pages that truth and readings alike have, and no CPU holds back. */
  offset(member: number, pages: Pages): void;
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
  if ('record' in kept) intake.add(kept.record, kept.cpu, kept.line);
  else intake.offset(kept.member, kept.pages);
}

/** What so many updates and offsets left in each member, as offsets. */
function asOffsets(kept: readonly Kept[]): Kept[] {
  const sums = new Map<number, Pages>();
  const add = (member: number, pages: Pages) => sums.set(member, (sums.get(member) ?? 0) + pages);
  for (const one of kept) {
    if (!('record' in one)) add(one.member, one.pages);
    else for (const { member, sign } of rowShapes(one.record)) add(member, sign * one.record.pages);
  }
  return [...sums].map(([member, pages]) => ({ member, pages }));
}

function keep(candidate: Candidate<Intake>, one: Kept): void {
  if (candidate.kept.length === KEPT_UPDATES) {
    candidate.updatesDropped += candidate.kept.filter((kept) => 'record' in kept).length;
    candidate.kept = asOffsets(candidate.kept);
  }
  // An empty list that is pushed to makes room for many.
  if (candidate.kept.length === 0) candidate.kept = [one];
  else candidate.kept.push(one);
}

/**
 * @throws InputError (the function returned) where an update's CPU is not on-line, and where it is
 *   larger than any: 2^30 pages at once are a size that was misread or made up.
 */
function demandReplayable({ name, nrCpuIds, online }: Topology, origin: string) {
  const isOnline = new Uint8Array(nrCpuIds);
  for (const cpu of online) isOnline[cpu] = 1;
  return ({ member, pages }: RecordedUpdate, cpu: number, line: number): void => {
    if (isOnline[cpu] !== 1) {
      throw new InputError(
        `${origin}: line ${line}: cpu is ${cpu}: ${name} has no such CPU on-line: choose a larger machine (--topology), or place the threads on this one (--spread)`,
      );
    }
    if (Math.abs(pages) > MOST_ROW_PAGES) {
      throw new InputError(
        `${origin}: line ${line}: ${member} changes by ${pages} pages at once: expected at most ${MOST_ROW_PAGES} either way`,
      );
    }
  };
}
