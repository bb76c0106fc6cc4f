/** Recorded updates as a source of columns: rows of one process, checked against the machine. */
import { InputError } from '../errors.ts';
import type { Topology } from '../topology/topology.ts';
import {
  appendRow,
  UPDATES_PER_BATCH,
  type UpdateColumns,
  type UpdateSource,
} from '../update/columns.ts';
import { FIRST_MOMENT } from '../update/kinds.ts';
import {
  isOfThread,
  isWithoutPages,
  MOST_ROW_PAGES,
  type RecordedUpdate,
  type RowShape,
  rowShapes,
} from '../update/record.ts';
import type { NumberedRecord } from './read-recorded.ts';
import { createSeenTally, type SeenUpdates } from './seen-updates.ts';

export interface RecordedSource extends UpdateSource {
  /** Records read so far, of all processes. */
  records(): number;
  /** The record under way, or the last one where that has ended. */
  current(): RecordedUpdate | null;
  /** The first few processes that were not asked for. */
  otherMms(): readonly number[];
  /** What the records of the process were like, as far as the bounds tell streams apart. */
  seen(): SeenUpdates;
}

/** Processes that a message lists. */
const MOST_OTHERS = 10;

interface RecordedOptions {
  /** Updates in one batch at most; 1 lets a reader look after each. */
  readonly updatesPerBatch?: number;
  /** The process to replay; null: there must be one only. */
  readonly mm: number | null;
}

/**
 * Each repetition of a record is one operation.
 * @throws InputError (from fill) where a record names a CPU that is not there or not on-line, or a
 *   second process where none was chosen.
 */
export function recordedSource(
  batches: AsyncGenerator<readonly NumberedRecord[]>,
  topology: Topology,
  origin: string,
  options: RecordedOptions,
): RecordedSource {
  const updatesPerBatch = Math.min(options.updatesPerBatch ?? UPDATES_PER_BATCH, UPDATES_PER_BATCH);
  const online = new Uint8Array(topology.nrCpuIds);
  const possible = new Uint8Array(topology.nrCpuIds);
  for (const cpu of topology.possible) possible[cpu] = 1;
  for (const cpu of topology.online) online[cpu] = 1;
  let onlineCpus = topology.online.length;
  const threadIndex = new Map<number, number>();

  let waiting: readonly NumberedRecord[] = [];
  let nextWaiting = 0;
  let records = 0;
  let chosenMm = options.mm;
  const otherMms = new Set<number>();
  const tally = createSeenTally();

  /** The record under way: its rows, repetitions to go, pages of the run to go, the row to write. */
  let current: RecordedUpdate | null = null;
  let shapes: readonly RowShape[] = [];
  let repeatsLeft = 0;
  let pagesLeft = 0;
  let shapeIndex = 0;

  function fault(line: number, message: string): InputError {
    return new InputError(message).within(`line ${line}`).within(origin);
  }

  function demandCpu(line: number, { kind, cpu }: RecordedUpdate): void {
    if (isOfThread(kind)) return;
    if (possible[cpu] !== 1) {
      throw fault(line, `cpu is ${cpu}: ${topology.name} has no such CPU`);
    }
    if (kind === 'cpu-online') {
      if (online[cpu] === 1) throw fault(line, `cpu is ${cpu}: that CPU is on-line already`);
      online[cpu] = 1;
      onlineCpus += 1;
    } else if (online[cpu] !== 1) {
      throw fault(line, `cpu is ${cpu}: that CPU is off-line`);
    } else if (kind === 'cpu-offline') {
      if (onlineCpus === 1) throw fault(line, `cpu is ${cpu}: the last CPU cannot go off-line`);
      online[cpu] = 0;
      onlineCpus -= 1;
    }
  }

  function belongs(line: number, { kind, mm }: RecordedUpdate): boolean {
    if (kind === 'cpu-offline' || kind === 'cpu-online') return true;
    if (options.mm !== null) {
      if (mm !== options.mm && otherMms.size < MOST_OTHERS) otherMms.add(mm);
      return mm === options.mm;
    }
    chosenMm ??= mm;
    if (mm === chosenMm) return true;
    throw fault(line, `mm is ${mm}, after ${chosenMm}: choose a process with --mm`);
  }

  /** Takes the next record of the process; false where the waiting ones are used up. */
  function takeRecord(): boolean {
    while (nextWaiting < waiting.length) {
      const { line, record } = waiting[nextWaiting]!;
      nextWaiting += 1;
      records += 1;
      if (!belongs(line, record)) continue;
      demandCpu(line, record);
      current = record;
      shapes = rowShapes(record);
      // Coming, going and exiting again changes nothing.
      repeatsLeft = isWithoutPages(record.kind) ? 1 : record.repeat;
      pagesLeft = record.pages;
      shapeIndex = 0;
      tally.note(record, shapes, line);
      return true;
    }
    return false;
  }

  function indexOfThread(thread: number): number {
    let index = threadIndex.get(thread);
    if (index === undefined) {
      index = threadIndex.size;
      threadIndex.set(thread, index);
    }
    return index;
  }

  /** Writes the next row of the record under way. */
  function writeRow(columns: UpdateColumns, record: RecordedUpdate): void {
    const shape = shapes[shapeIndex]!;
    const mostPages = shapes.length > 1 ? 1 : MOST_ROW_PAGES;
    const pages = Math.max(-mostPages, Math.min(mostPages, pagesLeft));
    const lastShape = shapeIndex === shapes.length - 1;
    shapeIndex = lastShape ? 0 : shapeIndex + 1;
    if (lastShape) pagesLeft -= pages;
    const ended = lastShape && pagesLeft === 0;
    const thread = indexOfThread(record.thread);
    const { kind, member, sign } = shape;
    const ends = ended && kind < FIRST_MOMENT;
    appendRow(columns, thread, record.cpu, sign * pages, kind, member, ends ? 1 : 0);
    if (ended) {
      repeatsLeft -= 1;
      pagesLeft = record.pages;
    }
  }

  async function fill(columns: UpdateColumns): Promise<void> {
    columns.length = 0;
    columns.uniform = false;
    while (columns.length < updatesPerBatch) {
      if (repeatsLeft > 0 && current !== null) {
        writeRow(columns, current);
      } else if (!takeRecord()) {
        const next = await batches.next();
        if (next.done === true) break;
        waiting = next.value;
        nextWaiting = 0;
      }
    }
    columns.threads = threadIndex.size;
  }

  return {
    operations: null,
    fill,
    records: () => records,
    current: () => current,
    otherMms: () => [...otherMms],
    seen: tally.seen,
  };
}
