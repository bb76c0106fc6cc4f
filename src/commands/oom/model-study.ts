/** Runs a population many times, and each selection over it: how often each is wrong, and what of it. */
import type { Seen } from '../../kernel/seen.ts';
import { comparedTopology } from '../../render/compared-topology.ts';
import type { Heartbeat } from '../../replay/replay.ts';
import { isBounded, machineSize } from '../../schemes/bound.ts';
import { createCounters, formatScheme, type SchemeSpec, schemeOf } from '../../schemes/registry.ts';
import { formatCpulist } from '../../topology/cpulist.ts';
import type { Topology } from '../../topology/topology.ts';
import type { PageSize, Pages } from '../../units.ts';
import { seedOfRun, seedRandom } from '../../workload/contract/random.ts';
import { MOST_THREADS } from '../../workload/workload.ts';
import { spreadOf } from '../compare/repeat.ts';
import {
  type Behaviour,
  type CountedProcess,
  countPopulation,
  killUntilFree,
  modelledMicroseconds,
  type Outcome,
  type Select,
} from './model.ts';
import type { ModelResult, ModelRow } from './model-result.ts';
import { type Age, changed, POPULATIONS, type PopulationName, populate } from './population.ts';
import {
  type AccuracyRange,
  selectApproximate,
  selectPrecise,
  selectTwoPass,
  twoPassWitness,
} from './selection.ts';

export interface ModelRequest {
  readonly version: string;
  readonly topology: Topology;
  readonly pageSize: PageSize;
  readonly schemes: readonly SchemeSpec[];
  /** The OOM killer of a kernel, which chooses in one way. */
  readonly seen?: Seen | undefined;
  readonly population: PopulationName;
  readonly processes: number;
  /** Of each process; null: the population's. */
  readonly threads: number | null;
  /** Of the one that stands out; null: the population's. */
  readonly age: Age | null;
  readonly memoryPages: Pages;
  readonly freePages: Pages;
  readonly behaviour: Behaviour;
  readonly seed: number;
  readonly runs: number;
}

/** File, anon, shmem and swap: the ranges of all four are added (oom_badness() of the series). */
const RANGES_ADDED = 4;

/** What the series' accuracy range is of these counters: of a tree as its later versions have it. */
function rangeOf(spec: SchemeSpec, topology: Topology): AccuracyRange {
  const asked = spec.scheme === 'tree' ? { ...spec, version: 17 as const } : spec;
  // A range holds for every process: where threads decide, for one of as many as there can be.
  const { under, over } = schemeOf(asked).statedBound(asked, machineSize(topology), MOST_THREADS);
  return { under: RANGES_ADDED * under, over: RANGES_ADDED * over };
}

interface Rule {
  readonly selection: ModelRow['selection'];
  readonly passes: 1 | 2;
  readonly select: Select;
}

/** Without a precise sum there is but one way to choose; a kernel has one. */
function rulesOf(spec: SchemeSpec, { topology, seen }: ModelRequest): Rule[] {
  const rules = allRulesOf(spec, topology);
  const sums = seen?.reader?.sums;
  return sums === undefined ? rules : rules.filter(({ selection }) => selection === sums);
}

function allRulesOf(spec: SchemeSpec, topology: Topology): Rule[] {
  const approximate: Rule = { selection: 'approximate', passes: 1, select: selectApproximate };
  if (schemeOf(spec).preciseSum(spec, topology) === null) return [approximate];
  const range = rangeOf(spec, topology);
  const precise: Rule = { selection: 'precise', passes: 1, select: selectPrecise };
  if (!isBounded(range)) return [approximate, precise];
  return [
    approximate,
    precise,
    { selection: 'two-pass', passes: 2, select: (some) => selectTwoPass(some, range) },
  ];
}

/** Wilson's interval of a share, at 95 %: it holds where none or all of the runs are wrong, too. */
export function wilson95(wrong: number, runs: number): { low: number; high: number } {
  const z = 1.96;
  const share = wrong / runs;
  const scale = 1 + (z * z) / runs;
  const middle = (share + (z * z) / (2 * runs)) / scale;
  const half = (z / scale) * Math.sqrt((share * (1 - share)) / runs + (z * z) / (4 * runs * runs));
  return { low: Math.max(0, middle - half), high: Math.min(1, middle + half) };
}

function spread(values: readonly number[]): { mean: number; halfWidth95: number } {
  if (values.length === 1) return { mean: values[0]!, halfWidth95: 0 };
  const { mean, halfWidth95 } = spreadOf(values);
  return { mean, halfWidth95 };
}

function killsOf(outcomes: readonly Outcome[]) {
  const kills = outcomes.flatMap((outcome) => outcome.kills ?? []);
  return kills.length < outcomes.length ? null : spread(kills);
}

function rowOf(
  name: string,
  { selection, passes }: Rule,
  outcomes: readonly Outcome[],
  { topology, processes }: ModelRequest,
): ModelRow {
  const wrong = outcomes.filter((outcome) => outcome.wrong).length;
  const preciseSums = spread(outcomes.map((outcome) => outcome.preciseSums));
  const short = outcomes.map(({ pagesShort }) => pagesShort);
  const cpus = topology.online.length;
  return {
    scheme: name,
    selection,
    wrong,
    wrongShare: wilson95(wrong, outcomes.length),
    tied: outcomes.filter(({ tied }) => tied).length,
    short: { ...spread(short), most: short.reduce((most, pages) => Math.max(most, pages), 0) },
    kills: killsOf(outcomes),
    preciseSums,
    modelledMicroseconds: modelledMicroseconds(processes, preciseSums.mean, passes, cpus),
  };
}

/** The processes of one run, as each scheme counts them. */
function runOf(request: ModelRequest, run: number, heartbeat: Heartbeat) {
  const { topology, pageSize, schemes, behaviour } = request;
  const seed = seedOfRun(request.seed, run);
  const { population, processes, memoryPages, threads, age } = request;
  const changes = changed(POPULATIONS[population], threads, age);
  const members = populate(changes, processes, memoryPages, seedRandom(seed));
  return countPopulation(
    members,
    behaviour,
    topology,
    pageSize,
    schemes.map((spec) => () => createCounters(topology, spec)),
    (process) => seedOfRun(seed, process + 1),
    (done) => heartbeat((run - 1) * processes + done),
  );
}

/** @throws InputError where the numbers do not go together; what the heartbeat throws. */
export async function modelOom(request: ModelRequest, heartbeat: Heartbeat): Promise<ModelResult> {
  const { topology, pageSize, schemes, freePages, runs, behaviour } = request;
  const rules = schemes.map((spec) => rulesOf(spec, request));
  const outcomes: Outcome[][][] = rules.map((some) => some.map(() => []));
  const best: Outcome[] = [];
  for (let run = 1; run <= runs; run++) {
    const counted: CountedProcess[][] = await runOf(request, run, heartbeat);
    best.push(killUntilFree(counted[0]!, selectPrecise, freePages));
    rules.forEach((some, s) => {
      some.forEach(({ select }, r) => {
        outcomes[s]![r]!.push(killUntilFree(counted[s]!, select, freePages));
      });
    });
  }
  const { policy, mappingPages, turns, cpus } = behaviour;
  const { population, processes, memoryPages, threads, age, seed, version, seen } = request;
  return {
    format: 'rss-err/oom-model@2',
    program: { version },
    ...(seen === undefined ? {} : { seen }),
    topology: comparedTopology(topology, pageSize),
    population: {
      ...{ name: population, processes, threads, age },
      ...{ memoryPages, freePages, policy, mappingPages },
      ...{ cpulist: formatCpulist(cpus), turnover: turns },
    },
    ...{ seed, runs, bestKills: killsOf(best) },
    witnesses: schemes.flatMap((spec, s) => {
      if (rules[s]!.every(({ passes }) => passes === 1)) return [];
      const witness = twoPassWitness(rangeOf(spec, topology));
      return witness === null ? [] : [{ scheme: formatScheme(spec), ...witness }];
    }),
    rows: schemes.flatMap((spec, s) =>
      rules[s]!.map((rule, r) => rowOf(formatScheme(spec), rule, outcomes[s]![r]!, request)),
    ),
  };
}
