/** One comparison run several times, each with a seed of its own: what the runs say together. */
import type { Pages } from '../../units.ts';
import { seedOfRun } from '../../workload/contract/random.ts';
import type { CompareRequest } from './compare.ts';
import type { Comparison, Figure, Reading, Repeated, RepeatedScheme, Spread } from './result.ts';

function repeatedScheme(runs: readonly Comparison[], index: number): RepeatedScheme {
  const rows = runs.map(({ schemes }) => schemes[index]!);
  const { scheme, name, parameters, stated, exact } = rows[0]!;
  const spreads = (reading: Reading) => {
    const of = (figure: Figure) => spreadOf(rows.map(({ observed }) => observed[reading][figure]));
    return {
      under: of('under'),
      over: of('over'),
      mean: of('mean'),
      p50: of('p50'),
      p99: of('p99'),
    };
  };
  const leftOut = (reading: Reading) => {
    const of = rows.map(({ warmUp }) => warmUp![reading]);
    return {
      under: Math.max(...of.map(({ under }) => under)),
      over: Math.max(...of.map(({ over }) => over)),
    };
  };
  const settled = rows.flatMap(({ burnInOperations }) => burnInOperations ?? []);
  return {
    scheme,
    name,
    parameters,
    stated,
    exact,
    observed: { clamped: spreads('clamped'), raw: spreads('raw') },
    ...(rows[0]!.warmUp === undefined
      ? {}
      : { warmUp: { clamped: leftOut('clamped'), raw: leftOut('raw') } }),
    stationaryRuns: settled.length,
    burnInOperations: settled.length === 0 ? null : Math.max(...settled),
  };
}

/** So many runs of a comparison, each with a seed of its own. */
export function runsOf(request: CompareRequest, runs: number): readonly CompareRequest[] {
  const { workload } = request;
  return Array.from({ length: runs }, (_, run) => ({
    ...request,
    workload: { ...workload, seed: seedOfRun(workload.seed, run + 1) },
  }));
}

/** Two runs or more of one machine, workload and list of schemes, the first with the user's seed. */
export function repeated(runs: readonly Comparison[]): Repeated {
  const { program, topology, workload, seed, operations, warmUp, schemes, seen } = runs[0]!;
  const warmUps = runs.map((run) => run.warmUp?.operations ?? 0);
  return {
    format: 'rss-err/compare-runs@2',
    program,
    topology,
    workload,
    seed,
    operations,
    ...(seen === undefined ? {} : { seen }),
    ...(warmUp === undefined
      ? {}
      : {
          warmUp: {
            least: Math.min(...warmUps),
            most: Math.max(...warmUps),
            untilPages: warmUp.untilPages,
          },
        }),
    runs: runs.map((run) => ({
      seed: run.seed,
      ...(run.warmUp === undefined ? {} : { warmUp: run.warmUp }),
      updates: run.updates,
      rssPages: run.rssPages,
      largestRssPages: run.largestRssPages ?? 0,
      used: run.used,
      schemes: run.schemes.map(({ name, observed, warmUp: leftOut, burnInOperations = null }) => ({
        name,
        observed,
        ...(leftOut === undefined ? {} : { warmUp: leftOut }),
        burnInOperations,
      })),
    })),
    schemes: schemes.map((_, index) => repeatedScheme(runs, index)),
  };
}

/** The largest observed error of the clamped reading, either side, over all runs and schemes. */
export function largestOfRuns({ schemes }: Repeated): { name: string; pages: Pages } {
  return schemes
    .map(({ name, observed: { clamped } }) => ({
      name,
      pages: Math.max(clamped.under.max, clamped.over.max),
    }))
    .reduce((largest, row) => (row.pages > largest.pages ? row : largest));
}

/** Two-sided 95 % points of Student's t for 1, 2, … degrees of freedom, to three decimals. */
const T_95 = [
  12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228, 2.201, 2.179, 2.16, 2.145,
  2.131, 2.12, 2.11, 2.101, 2.093, 2.086, 2.08, 2.074, 2.069, 2.064, 2.06, 2.056, 2.052, 2.048,
  2.045, 2.042,
] as const;

/** Further points; between two of them the one of fewer degrees is taken, which is on the safe side. */
const T_95_BEYOND = [
  [40, 2.021],
  [60, 2],
  [120, 1.98],
] as const;

/** The two-sided 95 % point of Student's t, rounded up where the table has gaps. */
export function studentT95(degreesOfFreedom: number): number {
  const exact = T_95[degreesOfFreedom - 1];
  if (exact !== undefined) return exact;
  return T_95_BEYOND.findLast(([degrees]) => degrees <= degreesOfFreedom)?.[1] ?? T_95.at(-1)!;
}

/** Of two values or more. */
export function spreadOf(values: readonly number[]): Spread {
  const n = values.length;
  const mean = values.reduce((sum, value) => sum + value, 0) / n;
  const squares = values.reduce((sum, value) => sum + (value - mean) * (value - mean), 0);
  return {
    mean,
    halfWidth95: studentT95(n - 1) * Math.sqrt(squares / (n - 1) / n),
    min: Math.min(...values),
    max: Math.max(...values),
  };
}
