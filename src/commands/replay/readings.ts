/** Lists what every scheme reads after every update of a recording, beside the ledger. */
import { InputError } from '../../errors.ts';
import { IN_RSS, MEMBERS, NR_MEMBERS } from '../../kernel/rss-stat.ts';
import { applyToMm, createMm } from '../../process/mm.ts';
import { isTraceForm, OBSERVED, type Recording, recognise } from '../../recorded/registry.ts';
import { type Life, lifeName } from '../../recorded/trace/life.ts';
import { type TraceFeed, traceFeed } from '../../recorded/trace/read-trace.ts';
import { createLedger, enter } from '../../replay/ledger.ts';
import type { Heartbeat } from '../../replay/replay.ts';
import type { Pages } from '../../units.ts';
import { createUpdateColumns, type UpdateColumns } from '../../update/columns.ts';
import { createReadings } from '../../update/readings.ts';
import { appendRows, type RecordedUpdate, rowShapes } from '../../update/record.ts';
import type { MeasureRequest } from '../compare/measure.ts';
import { noChange, noRecord } from './no-updates.ts';
import { createThreadNumbers } from './process-lane.ts';
import { openRecorded } from './replay.ts';
import { summariseTrace } from './replay-trace.ts';
import type { ReplayRequest } from './request.ts';
import type { RecordingFacts, TraceSummary } from './result.ts';
import { demandChosen, type Intake, runTrace } from './trace-walk.ts';

/** One update and what is read after it, pages, unclamped. */
export interface ReadingsLine {
  /** 1 = the first. */
  readonly update: number;
  readonly record: RecordedUpdate;
  /** The ledger. */
  readonly precise: number;
  /** In the order of the schemes. */
  readonly schemes: readonly { readonly approximate: number; readonly precise: number }[];
}

/** One member, or the members of the resident set together. */
export type ReadingsOf = number | 'rss';

interface ProcessReadings {
  apply(columns: UpdateColumns): void;
  /** Pages that the truth and every reading have from now on, and no CPU holds back. */
  offset(member: number, pages: Pages): void;
  /** What is read now, after the update of this number. */
  line(update: number, record: RecordedUpdate): ReadingsLine;
}

function membersOf(of: ReadingsOf): readonly number[] {
  if (of !== 'rss') return [of];
  return Array.from({ length: NR_MEMBERS }, (_, m) => m).filter((m) => IN_RSS[m] === 1);
}

function readProcess(
  { topology, schemes }: Pick<MeasureRequest, 'topology' | 'schemes'>,
  of: ReadingsOf,
): ProcessReadings {
  const meanwhile = createReadings();
  const ledger = createLedger(topology.nrCpuIds);
  const offsets = new Float64Array(NR_MEMBERS);
  const members = membersOf(of);
  const mms = schemes.map((spec) => createMm(topology, spec));
  return {
    apply(columns) {
      enter(ledger, columns);
      for (const mm of mms) applyToMm(mm, columns, meanwhile);
    },
    offset(member, pages) {
      offsets[member]! += pages;
    },
    line(update, record) {
      const sum = (ofMember: (member: number) => Pages) =>
        members.reduce((total, m) => total + offsets[m]! + ofMember(m), 0);
      return {
        update,
        record,
        precise: sum((m) => ledger.members[m]!),
        schemes: mms.map(({ counters, readings }) => ({
          approximate: sum((m) => readings[m]!),
          precise: sum(counters.preciseSum),
        })),
      };
    },
  };
}

async function* readingsOfUpdates(
  request: ReplayRequest,
  recording: Recording,
  of: ReadingsOf,
  heartbeat: Heartbeat,
): AsyncGenerator<ReadingsLine, RecordingFacts> {
  const source = openRecorded(request, recording, 1);
  const columns = createUpdateColumns();
  const { apply, line } = readProcess(request, of);
  let update = 0;
  for (;;) {
    await source.fill(columns);
    if (columns.length === 0) {
      if (update === 0) throw noRecord(request, source);
      return { recording: { name: request.name, belowZero: source.seen().belowZero } };
    }
    apply(columns);
    await heartbeat(update);
    const record = source.current();
    if (columns.operationEnd[0] !== 1 || record === null) continue;
    update += 1;
    yield line(update, record);
  }
}

/** Hands a line to `put` after each update. */
function readingIntake(
  request: ReplayRequest,
  life: Life,
  of: ReadingsOf,
  put: (line: ReadingsLine) => void,
): Intake {
  const { apply, offset, line } = readProcess(request, of);
  const columns = createUpdateColumns(2);
  const threads = createThreadNumbers();
  let update = 0;
  return {
    offset,
    add({ kind, member, pages, thread }, cpu) {
      const name = MEMBERS[member]!;
      const record = { kind, thread, cpu, pages, member: name, mm: life.mmId, repeat: 1 };
      columns.length = 0;
      appendRows(columns, rowShapes(record), pages, cpu, thread);
      threads.enter(columns);
      columns.threads = threads.count();
      apply(columns);
      update += 1;
      put(line(update, record));
    },
  };
}

const nameOf = ({ mmId, ordinal }: Life) => lifeName(mmId, ordinal);

/** @throws InputError as runTrace(), and where a second process begins. */
async function* readingsOfTrace(
  request: ReplayRequest,
  form: TraceSummary['form'],
  feed: TraceFeed,
  of: ReadingsOf,
  heartbeat: Heartbeat,
): AsyncGenerator<ReadingsLine, RecordingFacts> {
  let lines: ReadingsLine[] = [];
  let updates = 0;
  let only: Life | null = null;
  const walk = runTrace(request, feed, {
    opensBehind: 0,
    open(life, line) {
      if (only !== null) {
        throw new InputError(
          `mm_id is ${nameOf(life)}, after ${nameOf(only)}: --readings are of one process: choose it with --mm or --comm`,
        )
          .within(`line ${line}`)
          .within(request.name);
      }
      only = life;
      return readingIntake(request, life, of, (one) => lines.push(one));
    },
    close: () => {},
  });
  for (;;) {
    const { done, value } = await walk.next();
    yield* lines;
    updates += lines.length;
    lines = [];
    if (done === true) {
      demandChosen(request, value);
      if (updates === 0) throw noChange(request, form, value.lines.rssStatEvents);
      const trace = summariseTrace(form, request.trace, value, 1, 1);
      return { recording: { name: request.name }, trace };
    }
    await heartbeat(value);
  }
}

/**
 * Ends with what the recording was like.
 * @throws InputError at the first bad line, or where a trace has several processes.
 */
export async function* readingsAfterEach(
  request: ReplayRequest,
  of: ReadingsOf,
  heartbeat: Heartbeat,
): AsyncGenerator<ReadingsLine, RecordingFacts> {
  const recording = await recognise(request.text, request.name);
  const { form, chunks } = recording;
  if (form === OBSERVED) {
    const { openObserved } = await import('./observed-record.ts');
    const { feed } = await openObserved(chunks, request);
    return yield* readingsOfTrace(request, form, feed, of, heartbeat);
  }
  if (!isTraceForm(form)) return yield* readingsOfUpdates(request, recording, of, heartbeat);
  const feed = traceFeed(chunks, form, request);
  return yield* readingsOfTrace(request, form, feed, of, heartbeat);
}
