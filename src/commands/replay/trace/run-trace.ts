/** Walks through a trace and hands each process that is asked for what happens to it, in order. */
import { InputError, quote } from '../../../errors.ts';
import type { TraceForm } from '../../../recorded/recording-form.ts';
import { createTraceCounts, type TraceCounts } from '../../../recorded/trace/counts.ts';
import { type Life, lifeName } from '../../../recorded/trace/life.ts';
import { readTrace } from '../../../recorded/trace/read-trace.ts';
import {
  createReconstruction,
  type Reconstruction,
  type TraceStep,
} from '../../../recorded/trace/reconstruct.ts';
import type { ReplayRequest } from '../replay-recorded.ts';
import { demandReplayable } from './demand-replayable.ts';
import {
  type Candidate,
  choose,
  createCandidate,
  type Intake,
  replayOrKeep,
} from './process-choice.ts';
import { spreadTasks } from './spread-tasks.ts';

/** Names that a message lists. */
const MOST_NAMES = 10;

/** What is made of processes. */
export interface ProcessOwner<T extends Intake> {
  /** A process asked for begins; a line of it, for messages. */
  open(life: Life, line: number): T;
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
  texts: AsyncIterable<string>,
  owner: ProcessOwner<T>,
): AsyncGenerator<number, TraceRun> {
  const { topology, name, mm, pageSize } = request;
  const { comm, life: ordinal, spread } = request.trace;
  const lines = createTraceCounts();
  const reconstruction = createReconstruction(pageSize);
  const place = spread === null ? null : spreadTasks(topology, spread);
  const demand = demandReplayable(topology, name);
  const alive = new Map<Life, Candidate<T>>();
  const names = new Set<string>();
  let chosen = 0;
  let updatesBeforeNamed = 0;

  function open(life: Life, line: number): T {
    chosen += 1;
    return owner.open(life, line);
  }

  function candidateOf(life: Life, line: number): Candidate<T> {
    let candidate = alive.get(life);
    if (candidate === undefined) {
      candidate = createCandidate(comm === null ? open(life, line) : null);
      alive.set(life, candidate);
    }
    return candidate;
  }

  function end(life: Life): void {
    const candidate = alive.get(life);
    alive.delete(life);
    if (candidate === undefined || candidate.intake === null) return;
    updatesBeforeNamed += candidate.updatesDropped;
    owner.close(life, candidate.intake);
  }

  function take(step: TraceStep): void {
    const { life, line } = step;
    if (step.step === 'named' && names.size < MOST_NAMES) names.add(step.comm);
    if (mm !== null && life.mmId !== mm) return;
    if (ordinal !== null && life.ordinal !== ordinal) return;
    if (step.step === 'end') {
      end(life);
      return;
    }
    const candidate = candidateOf(life, line);
    if (step.step === 'named') {
      if (candidate.intake === null && step.comm === comm) choose(candidate, open(life, line));
    } else if (step.step === 'offset') {
      replayOrKeep(candidate, { member: step.member, pages: step.pages });
    } else {
      const { record } = step;
      const cpu = place === null ? record.cpu : place(record.thread);
      demand(record, cpu, line);
      replayOrKeep(candidate, { record, cpu, line });
    }
  }

  const steps: TraceStep[] = [];
  for await (const events of readTrace(texts, form, name, pageSize, lines)) {
    for (const event of events) {
      reconstruction.take(event, steps);
      for (const step of steps) take(step);
      steps.length = 0;
    }
    yield lines.rssStatEvents;
  }
  reconstruction.finish(steps);
  for (const step of steps) take(step);
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
