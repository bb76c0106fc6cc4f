/** Keeps the counters of all processes that live: memory follows those, not the ones that have died. */
import { NR_MEMBERS } from '../../kernel/rss-stat.ts';
import type { SchemeSpec } from '../../kernel/scheme-spec.ts';
import { countValue, createHistogram, type Histogram } from '../../replay/histogram.ts';
import { createMemberErrors } from '../../replay/member-errors.ts';
import type { Topology } from '../../topology/topology.ts';
import { FIRST_KIND_WITHOUT_PAGES } from '../../update/kinds.ts';
import { createReadings } from '../../update/readings.ts';
import {
  append,
  createLiveMm,
  endOperation,
  flush,
  type LiveMm,
  type Observation,
  WAITING,
} from './live-mm.ts';
import { createMmCensus, type MmCensus, noteDrop, noteInit } from './mm-census.ts';
import type { MmKeeper } from './mm-keeper.ts';
import { mmIdOf, type TracedMm, type TraceLines, tracedMm } from './trace-lines.ts';

/** An mm, and what its events have told of it. */
export interface KeptMm {
  readonly live: LiveMm;
  readonly traced: TracedMm;
}

/** The mms of one program that have ended: how many, and under each scheme the largest RSS errors. */
export interface EndedMms {
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

function noteEnded(ended: Map<string, EndedMms>, { observed }: LiveMm): void {
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
      const live = createLiveMm(topology, schemes, place, { process, program });
      return { live, traced: tracedMm(mmIdOf(place)) };
    },
    add({ live, traced }, kind, member, pages, { task, thread, cpu, curr }) {
      append(live, observation, kind, member, pages, { thread, cpu });
      keeping.updates += 1;
      if (kind >= FIRST_KIND_WITHOUT_PAGES) return;
      usedCpus[cpu] = 1;
      trace?.add(traced, { kind, member, pages }, task, cpu, curr);
    },
    endOperation: ({ live }) => endOperation(live),
    taskExit: (task, cpu) => trace?.taskExit(task, cpu),
    drop({ live, traced }, { comm, tid }) {
      flush(live, observation);
      noteDrop(census, live, { mmId: traced.mmId, comm, pid: tid });
      noteEnded(ended, live);
      keeping.operations += live.operations;
      freePlaces.push(live.place);
    },
  };
  const keeping: Keeping = {
    ...{ keeper, census, observation, ended, usedCpus },
    ...{ operations: 0, updates: 0 },
  };
  return keeping;
}
