/** An mm that is in use: its counters under every scheme, and the updates that wait to be applied. */
import { NR_MEMBERS } from '../../kernel/rss-stat.ts';
import type { SchemeSpec } from '../../kernel/scheme-spec.ts';
import { createMm, type Mm } from '../../process/mm.ts';
import {
  type MemberErrors,
  type ObservedProcess,
  type Observee,
  observedProcess,
  observeMembers,
} from '../../replay/member-errors.ts';
import type { Topology } from '../../topology/topology.ts';
import type { Pages } from '../../units.ts';
import { createUpdateColumns, type UpdateColumns } from '../../update/columns.ts';
import { clearReadings, type Readings } from '../../update/readings.ts';

/** Updates that one mm lets wait: many mms are in use at once. */
export const WAITING = 256;

export interface LiveMm {
  /** Its place among the mms in use; taken by another one afterwards. */
  readonly place: number;
  /** Its counters under each scheme. */
  readonly mms: readonly Mm[];
  readonly observed: readonly ObservedProcess[];
  /** Pages of each member, without the updates that wait. */
  readonly truth: Float64Array;
  readonly waiting: UpdateColumns;
  operations: number;
}

/** What all mms of a run share. */
export interface Observation {
  readonly errors: readonly MemberErrors[];
  readonly readings: Readings;
  /** Where each scheme's walk over the truth is kept. */
  readonly truth: Float64Array;
}

/** @throws InputError where the machine and a scheme's parameters do not fit. */
export function createLiveMm(
  topology: Topology,
  schemes: readonly SchemeSpec[],
  place: number,
  of: Observee,
): LiveMm {
  const mms = schemes.map((spec) => createMm(topology, spec));
  return {
    place,
    mms,
    observed: mms.map(({ readings }) => observedProcess(of, readings)),
    truth: new Float64Array(NR_MEMBERS),
    waiting: createUpdateColumns(WAITING),
    operations: 0,
  };
}

/** Applies what waits under every scheme, and looks at the errors. */
export function flush(mm: LiveMm, { errors, readings, truth }: Observation): void {
  const { waiting, mms, observed } = mm;
  if (waiting.length === 0) return;
  let ended = 0;
  mms.forEach(({ counters }, i) => {
    clearReadings(readings);
    counters.apply(waiting, readings);
    truth.set(mm.truth);
    ended = observeMembers(errors[i]!, observed[i]!, waiting, readings, truth, mm.operations);
  });
  mm.truth.set(truth);
  mm.operations += ended;
  waiting.length = 0;
}

export interface Placed {
  readonly thread: number;
  readonly cpu: number;
}

/** Lets an update wait. */
export function append(
  mm: LiveMm,
  observation: Observation,
  kind: number,
  member: number,
  pages: Pages,
  { thread, cpu }: Placed,
): void {
  const { waiting } = mm;
  if (waiting.length === WAITING) flush(mm, observation);
  const row = waiting.length;
  waiting.thread[row] = thread;
  waiting.cpu[row] = cpu;
  waiting.pages[row] = pages;
  waiting.kind[row] = kind;
  waiting.member[row] = member;
  waiting.operationEnd[row] = 0;
  waiting.threads = Math.max(waiting.threads, thread + 1);
  waiting.length = row + 1;
}

/** The last update was the last one of an operation; nothing where there was none. */
export function endOperation({ waiting }: LiveMm): void {
  if (waiting.length > 0) waiting.operationEnd[waiting.length - 1] = 1;
}
