/** Several runs of a workload under a watchdog, on the readings of several schemes and on the truth. */
import type { Seen } from '../../kernel/seen.ts';
import { comparedTopology } from '../../render/compared-topology.ts';
import type { Heartbeat } from '../../replay/replay.ts';
import { createCounters, formatScheme, type SchemeSpec } from '../../schemes/registry.ts';
import { formatCpulist } from '../../topology/cpulist.ts';
import type { Topology } from '../../topology/topology.ts';
import type { PageSize } from '../../units.ts';
import { seedOfRun } from '../../workload/contract/random.ts';
import { generateUpdates } from '../../workload/generate.ts';
import type { PresetName, Workload } from '../../workload/workload.ts';
import { spreadOf } from '../compare/repeat.ts';
import { readsTruth } from '../compare/seen.ts';
import type { WatchdogResult, WatchedScheme } from './result.ts';
import { PRECISE, type WatchdogRule, type Watched, watch } from './watch.ts';

export interface WatchdogRequest {
  readonly version: string;
  readonly topology: Topology;
  readonly pageSize: PageSize;
  readonly preset: PresetName;
  readonly workload: Workload;
  readonly schemes: readonly SchemeSpec[];
  readonly rule: WatchdogRule;
  readonly runs: number;
  readonly seen?: Seen | undefined;
}

const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);
const most = (values: readonly number[]) =>
  values.reduce((largest, value) => Math.max(largest, value), 0);

/** One watchdog's figures over the runs. */
function overRuns(
  runs: readonly Watched[],
): Pick<
  WatchedScheme,
  'falseAlarms' | 'seen' | 'missed' | 'delay' | 'mostUnseen' | 'worst' | 'readZero'
> {
  const alarms = runs.map(({ falseAlarms }) => falseAlarms);
  const [total, seen] = [sum(alarms), sum(runs.map((run) => run.seen))];
  const [worst] = runs.map((run) => run.worst).toSorted((a, b) => b.error - a.error);
  const firstZeros = runs.flatMap(({ firstZero }) => firstZero ?? []);
  const delays = sum(runs.map((run) => run.delays));
  return {
    falseAlarms: {
      mean: total / runs.length,
      halfWidth95: runs.length === 1 ? null : spreadOf(alarms).halfWidth95,
      total,
    },
    seen,
    missed: sum(runs.map(({ missed }) => missed)),
    delay:
      seen === 0
        ? null
        : { mean: delays / seen, most: most(runs.map(({ longestDelay }) => longestDelay)) },
    mostUnseen: most(runs.map(({ mostUnseen }) => mostUnseen)),
    worst: worst!,
    readZero: {
      readings: sum(runs.map(({ zeros }) => zeros)),
      sinceOperation: firstZeros.length === 0 ? null : Math.min(...firstZeros),
    },
  };
}

/**
 * The schemes' approximate readings, and behind them one row of precise sums: those are the truth
 * whatever the scheme, so that what is left is the watchdog's own.
 * @throws InputError where machine, workload and schemes do not fit.
 */
export async function watchdog(
  request: WatchdogRequest,
  heartbeat: Heartbeat,
): Promise<WatchdogResult> {
  const { version, topology, pageSize, preset, workload, schemes, rule, runs, seen } = request;
  const { threads, policy, pattern, mappingPages, hugePerMillion, cpus, operations, seed } =
    workload;
  const found: Awaited<ReturnType<typeof watch>>[] = [];
  for (let run = 1; run <= runs; run++) {
    const source = generateUpdates(topology, { ...workload, seed: seedOfRun(seed, run) }, pageSize);
    const counters = schemes.map((spec) => createCounters(topology, spec));
    const before = (run - 1) * operations;
    found.push(await watch(source, counters, rule, (done) => heartbeat(before + done)));
  }
  const approximate = schemes.map(
    ({ scheme, ...parameters }, i): WatchedScheme => ({
      scheme,
      name: formatScheme(schemes[i]!),
      parameters,
      reads: 'approximate sum',
      ...overRuns(found.map((run) => run.approximate[i]!)),
    }),
  );
  const precise: WatchedScheme = {
    ...{ scheme: PRECISE, name: PRECISE, parameters: {}, reads: 'precise sum' },
    ...overRuns(found.map((run) => run.precise)),
  };
  return {
    format: 'rss-err/watchdog@2',
    program: { version },
    topology: comparedTopology(topology, pageSize),
    workload: {
      ...{ preset, threads, policy, pattern, mappingPages, hugePerMillion },
      cpulist: formatCpulist(cpus),
      ...(workload.switchEvery === undefined ? {} : { switchEvery: workload.switchEvery }),
    },
    operations,
    seed,
    runs,
    rule: { budget: rule.budgetPages, every: rule.every, consecutive: rule.consecutive },
    truth: {
      overruns: sum(found.map(({ overruns }) => overruns)),
      most: most(found.map(({ mostPages }) => mostPages)),
    },
    ...(seen === undefined ? {} : { seen }),
    // Who gets the truth sees what the last row does, and no other.
    schemes: [...(readsTruth(seen) ? [] : approximate), precise],
  };
}
