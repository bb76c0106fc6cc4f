/** Keeps the counters of all processes that live: memory follows those, not the ones that have died. */
import { NR_MEMBERS } from '../../kernel/rss-stat.ts';
import {
  type Allocation,
  type CheckedMm,
  checkMm,
  createMm,
  type Mm,
  mmAllocations,
  mmInit,
} from '../../process/mm.ts';
import { countValue, createHistogram, type Histogram } from '../../replay/histogram.ts';
import {
  createMemberErrors,
  type MemberErrors,
  type ObservedProcess,
  observedProcess,
  observeMembers,
} from '../../replay/member-errors.ts';
import type { SchemeSpec } from '../../schemes/registry.ts';
import type { Topology } from '../../topology/topology.ts';
import { appendRow, createUpdateColumns, type UpdateColumns } from '../../update/columns.ts';
import { FIRST_KIND_WITHOUT_PAGES, FIRST_MOMENT } from '../../update/kinds.ts';
import { clearReadings, createReadings, type Readings } from '../../update/readings.ts';
import type { MmKeeper } from './carry-out.ts';
import { mmIdOf, type TracedMm, type TraceLines, tracedMm } from './trace-lines.ts';

/** Updates that one mm lets wait: many mms are in use at once. */
const WAITING = 256;

/** An mm that is in use. */
interface KeptMm {
  /** Its place among the mms in use; taken by another one afterwards. */
  readonly place: number;
  /** Its counters under each scheme. */
  readonly mms: readonly Mm[];
  readonly observed: readonly ObservedProcess[];
  /** Pages of each member, without the updates that wait. */
  readonly truth: Float64Array;
  readonly waiting: UpdateColumns;
  /** What its events have told of it. */
  readonly traced: TracedMm;
  operations: number;
}

/** What all mms of a run share. */
interface Observation {
  readonly errors: readonly MemberErrors[];
  readonly readings: Readings;
  /** Where each scheme's walk over the truth is kept. */
  readonly truth: Float64Array;
}

/** The mms of one program that have ended: how many, and under each scheme the largest RSS errors. */
interface EndedMms {
  mms: number;
  readonly largest: readonly Histogram[];
}

export interface Keeping {
  readonly keeper: MmKeeper<KeptMm>;
  readonly census: MmCensus;
  readonly observation: Observation;
  /** By program. */
  readonly ended: ReadonlyMap<string, EndedMms>;
  readonly usedCpus: Uint8Array;
  /** Operations of the mms that have ended, and updates of all. */
  operations: number;
  updates: number;
}

/** Under one scheme. */
interface SchemeCensus {
  readonly allocations: readonly Allocation[];
  /** Allocations that succeeded, those undone where a later one failed, those freed at the end. */
  allocated: number;
  rolledBack: number;
  freed: number;
  /** mms that check_mm() found fault with, and what it first said. */
  bad: number;
  messages: readonly string[];
}

interface MmCensus {
  readonly schemes: readonly SchemeCensus[];
  /** Calls of mm_init(), and those that failed. */
  inits: number;
  failed: number;
  checked: number;
  inUse: number;
  mostInUse: number;
}

function createMmCensus(topology: Topology, schemes: readonly SchemeSpec[]): MmCensus {
  const { nrCpuIds } = topology;
  return {
    schemes: schemes.map((spec) => ({
      allocations: mmAllocations(spec, { nrCpuIds, grouped: true }),
      ...{ allocated: 0, rolledBack: 0, freed: 0, bad: 0, messages: [] },
    })),
    ...{ inits: 0, failed: 0, checked: 0, inUse: 0, mostInUse: 0 },
  };
}

/**
 * mm_init() under every scheme. Where `failure` is not null one of its n allocations fails, at place
 * ⌊failure × n / 2^32⌋ + 1. @returns whether there is an mm.
 */
function noteInit(census: MmCensus, failure: number | null): boolean {
  census.inits += 1;
  for (const scheme of census.schemes) {
    const { length } = scheme.allocations;
    const failAt = failure === null ? null : Math.floor((failure * length) / 2 ** 32) + 1;
    const init = mmInit(scheme.allocations, failAt);
    if (init.failed === null) {
      scheme.allocated += init.made.length;
    } else {
      scheme.allocated += init.undone.length;
      scheme.rolledBack += init.undone.length;
    }
  }
  if (failure !== null) {
    census.failed += 1;
    return false;
  }
  census.inUse += 1;
  census.mostInUse = Math.max(census.mostInUse, census.inUse);
  return true;
}

/** The last user of an mm goes: its counters are checked and freed, under every scheme. */
function noteDrop(census: MmCensus, { mms }: KeptMm, task: CheckedMm): void {
  census.checked += 1;
  census.inUse -= 1;
  census.schemes.forEach((scheme, i) => {
    scheme.freed += scheme.allocations.length;
    const messages = checkMm(mms[i]!.counters.preciseSum, task);
    if (messages.length === 0) return;
    if (scheme.bad === 0) scheme.messages = messages;
    scheme.bad += 1;
  });
}

/** Applies what waits under every scheme, and looks at the errors. */
function flush(mm: KeptMm, { errors, readings, truth }: Observation): void {
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

function noteEnded(ended: Map<string, EndedMms>, { observed }: KeptMm): void {
  const program = observed[0]!.of.program;
  const mms = ended.get(program) ?? { mms: 0, largest: observed.map(createHistogram) };
  ended.set(program, mms);
  mms.mms += 1;
  observed.forEach(({ largest }, i) => {
    countValue(mms.largest[i]!, largest);
  });
}

/** @throws InputError (from create) where the machine and a scheme's parameters do not fit. */
export function keepMms(
  topology: Topology,
  schemes: readonly SchemeSpec[],
  trace: TraceLines | null,
): Keeping {
  const census = createMmCensus(topology, schemes);
  const observation: Observation = {
    errors: schemes.map(createMemberErrors),
    readings: createReadings(WAITING),
    truth: new Float64Array(NR_MEMBERS),
  };
  const ended = new Map<string, EndedMms>();
  const usedCpus = new Uint8Array(topology.nrCpuIds);
  /** Places of mms that have ended: the next mm takes the last of them, as a slab allocator would. */
  const freePlaces: number[] = [];
  let nextPlace = 0;

  const keeper: MmKeeper<KeptMm> = {
    create(process, program, failure) {
      if (!noteInit(census, failure)) return null;
      const place = freePlaces.pop() ?? nextPlace++;
      const mms = schemes.map((spec) => createMm(topology, spec));
      return {
        place,
        mms,
        observed: mms.map(({ readings }) => observedProcess({ process, program }, readings)),
        truth: new Float64Array(NR_MEMBERS),
        waiting: createUpdateColumns(WAITING),
        traced: tracedMm(mmIdOf(place)),
        operations: 0,
      };
    },
    add(mm, kind, member, pages, { task, thread, cpu, curr }) {
      const { waiting, traced } = mm;
      if (waiting.length === WAITING) flush(mm, observation);
      appendRow(waiting, thread, cpu, pages, kind, member, 0);
      waiting.threads = Math.max(waiting.threads, thread + 1);
      if (kind < FIRST_MOMENT) keeping.updates += 1;
      if (kind >= FIRST_KIND_WITHOUT_PAGES) return;
      usedCpus[cpu] = 1;
      trace?.add(traced, { kind, member, pages }, task, cpu, curr);
    },
    endOperation({ waiting }) {
      let last = waiting.length - 1;
      while (last >= 0 && waiting.kind[last]! >= FIRST_MOMENT) last -= 1;
      if (last >= 0) waiting.operationEnd[last] = 1;
    },
    taskExit: (task, cpu) => trace?.taskExit(task, cpu),
    drop(mm, { comm, tid }) {
      flush(mm, observation);
      noteDrop(census, mm, { mmId: mm.traced.mmId, comm, pid: tid });
      noteEnded(ended, mm);
      keeping.operations += mm.operations;
      freePlaces.push(mm.place);
    },
  };
  const keeping: Keeping = {
    ...{ keeper, census, observation, ended, usedCpus },
    ...{ operations: 0, updates: 0 },
  };
  return keeping;
}
