/** Many processes, each with counters of its own, through several schemes: `rss-err processes`. */
import { faultAroundPages } from '../../kernel/page-table.ts';
import { MEMBERS } from '../../kernel/rss-stat.ts';
import type { Seen } from '../../kernel/seen.ts';
import { traceHead, type WrittenForm } from '../../recorded/trace/write-trace.ts';
import { comparedTopology } from '../../render/compared-topology.ts';
import { type Histogram, percentiles } from '../../replay/histogram.ts';
import {
  type Extreme,
  type MemberErrors,
  type QuantityErrors,
  RSS,
} from '../../replay/member-errors.ts';
import { type Heartbeat, LedgerMismatch } from '../../replay/replay.ts';
import type { WorstCase } from '../../schemes/bound.ts';
import { formatScheme, rssBound, type SchemeSpec, schemeOf } from '../../schemes/registry.ts';
import { formatCpulist } from '../../topology/cpulist.ts';
import { lives } from '../../workload/lives/lives.ts';
import {
  mostThreads,
  type ProcessPresetName,
  type ProcessWorkload,
} from '../../workload/lives/process-workload.ts';
import { BoundExceeded, type MeasureRequest } from '../compare/measure.ts';
import { errorsSeen, readsTruth } from '../compare/seen.ts';
import { createLiving } from './carry-out.ts';
import { type Keeping, keepMms } from './keep-mms.ts';
import type {
  ExtremeError,
  ProcessErrors,
  ProcessesResult,
  ProcessesScheme,
  ProgramErrors,
  Quantity,
  QuantityResult,
  ReadZero,
} from './result.ts';
import { createTraceLines } from './trace-lines.ts';

export interface ProcessesRequest extends MeasureRequest {
  readonly preset: ProcessPresetName;
  readonly workload: ProcessWorkload;
  readonly seen?: Seen | undefined;
  /** Where the run's events go as lines of a trace; null: nowhere. */
  readonly trace: { readonly form: WrittenForm; write(text: string): Promise<void> } | null;
}

/** Characters of a trace that are gathered before they are written. */
const TRACE_CHUNK = 65_536;

/** One member's exact worst case: a fault maps up to 64 KiB of a file, or takes one page away. */
function exactOf(spec: SchemeSpec, { topology, pageSize, workload }: ProcessesRequest): WorstCase {
  const threads = mostThreads(workload);
  return schemeOf(spec).worstCase(
    spec,
    topology,
    { cpus: topology.online, threads },
    { pagesAddedPerFault: faultAroundPages(pageSize), pagesTakenPerFault: 1 },
  );
}

/** @throws BoundExceeded where an observation is beyond the exact worst case. */
function demandWithinBounds(spec: SchemeSpec, exact: WorstCase, result: ProcessesScheme): void {
  for (const { quantity, raw } of result.errors) {
    const bound = quantity === 'rss' ? rssBound(spec.scheme, exact) : exact;
    if (raw.under.pages <= bound.under && raw.over.pages <= bound.over) continue;
    throw new BoundExceeded(
      `${result.name}: observed -${raw.under.pages}/+${raw.over.pages} pages of ${quantity}, beyond the exact worst case -${bound.under}/+${bound.over}`,
    );
  }
}

function schemeResult(
  spec: SchemeSpec,
  index: number,
  request: ProcessesRequest,
  { census, observation, ended }: Keeping,
): ProcessesScheme {
  const { scheme, ...parameters } = spec;
  const { allocated, rolledBack, freed, bad, messages } = census.schemes[index]!;
  const exact = exactOf(spec, request);
  const result: ProcessesScheme = {
    scheme,
    name: formatScheme(spec),
    parameters,
    exact: { ...exact, cpus: request.topology.online.length },
    allocations: { allocated, rolledBack, freed },
    checkMm: { checked: census.checked, bad, messages },
    errors: summariseErrors(observation.errors[index]!),
    readZero: zerosOf(observation.errors[index]!),
    largestOfMm: [...ended].map(([program, { mms, largest }]) =>
      programErrors(program, mms, largest[index]!),
    ),
  };
  demandWithinBounds(spec, exact, result);
  return result;
}

/** @throws LedgerMismatch where a process has ended with pages, under any scheme. */
function demandAllZero(schemes: readonly ProcessesScheme[]): void {
  const bad = schemes.find(({ checkMm }) => checkMm.bad > 0);
  if (bad !== undefined) throw new LedgerMismatch(`${bad.name}: ${bad.checkMm.messages[0]}`);
}

/**
 * Carries out the lives of the workload, to the end of the last process.
 * @throws InputError where machine, workload and schemes do not fit; LedgerMismatch or BoundExceeded
 *   where the program contradicts itself.
 */
export async function processes(
  request: ProcessesRequest,
  heartbeat: Heartbeat,
): Promise<ProcessesResult> {
  const { topology, pageSize, workload, schemes, trace, seen } = request;
  const lines = trace === null ? null : createTraceLines(trace.form, pageSize);
  const keeping = keepMms(topology, schemes, lines);
  const carryOut = createLiving(keeping.keeper, pageSize);
  let text = trace === null ? '' : traceHead(trace.form);
  let steps = 0;
  for (const step of lives(topology, workload, pageSize)) {
    carryOut(step);
    steps += 1;
    if (lines !== null) text += lines.take();
    if (trace !== null && text.length > TRACE_CHUNK) {
      await trace.write(text);
      text = '';
    }
    const pause = heartbeat(steps);
    if (pause !== undefined) await pause;
  }
  if (trace !== null) await trace.write(text);
  const { seed, cpus, ...settled } = workload;
  const { inits, failed, mostInUse } = keeping.census;
  const results = schemes.map((spec, index) => schemeResult(spec, index, request, keeping));
  demandAllZero(results);
  return {
    format: 'rss-err/processes@2',
    program: { version: request.version },
    topology: comparedTopology(topology, pageSize),
    workload: { preset: request.preset, ...settled, cpulist: formatCpulist(cpus) },
    seed,
    mms: { inits, failed, mostAtOnce: mostInUse },
    operations: keeping.operations,
    updates: keeping.updates,
    used: { cpus: keeping.usedCpus.reduce((sum, used) => sum + used, 0) },
    ...(seen === undefined ? {} : { seen }),
    schemes: results.map((of) => schemeSeen(of, seen)),
  };
}

/** Errors as --reader has them. */
function schemeSeen(scheme: ProcessesScheme, seen: Seen | undefined): ProcessesScheme {
  if (!readsTruth(seen)) return scheme;
  return {
    ...scheme,
    errors: scheme.errors.map((of) => errorsSeen<ProcessErrors, QuantityResult>(of, seen)),
    readZero: { mms: 0, operations: 0, longest: null },
    largestOfMm: scheme.largestOfMm.map((of) => ({ ...of, p50: 0, p99: 0 })),
  };
}

/** In the order of reports: the sum first, then what it is the sum of. */
const QUANTITIES: readonly { readonly quantity: Quantity; readonly index: number }[] = [
  { quantity: 'rss', index: RSS },
  ...MEMBERS.map((quantity, index) => ({ quantity, index })),
];

function extremeError({ pages, resident, of, operation }: Extreme): ExtremeError {
  return {
    pages,
    residentPages: resident,
    process: of?.process ?? null,
    program: of?.program ?? null,
    operation: of === null ? null : operation,
  };
}

function processErrors({ under, over, sum, samples, magnitudes }: QuantityErrors): ProcessErrors {
  return {
    under: extremeError(under),
    over: extremeError(over),
    mean: samples === 0 ? 0 : Number(sum) / samples,
    ...percentiles([magnitudes], samples),
  };
}

function summariseErrors({ clamped, raw }: MemberErrors): QuantityResult[] {
  return QUANTITIES.map(({ quantity, index }) => ({
    quantity,
    clamped: processErrors(clamped[index]!),
    raw: processErrors(raw[index]!),
  }));
}

function zerosOf({ zeros: { processes: mms, operations, longest } }: MemberErrors): ReadZero {
  if (longest === null) return { mms, operations, longest };
  const { of, since, operations: length, resident } = longest;
  return {
    ...{ mms, operations },
    longest: { ...of, sinceOperation: since, operations: length, residentPages: resident },
  };
}

/** `largest` has a value an mm. */
export function programErrors(program: string, mms: number, largest: Histogram): ProgramErrors {
  return { program, mms, ...percentiles([largest], mms) };
}
