/** The main job: one workload through several schemes, with their bounds and observed errors. */
import type { WorkKind } from '../../cli/jobs.ts';
import type { Heartbeat } from '../../replay/replay.ts';
import { formatCpulist } from '../../topology/cpulist.ts';
import { generateUpdates } from '../../workload/generate.ts';
import type { PresetName, Workload } from '../../workload/workload.ts';
import type { Like } from './like.ts';
import { type MeasureRequest, measure, type StreamFacts, type WithSeries } from './measure.ts';
import type { Comparison } from './result.ts';

export interface CompareRequest extends MeasureRequest {
  readonly preset: PresetName;
  readonly workload: Workload;
  /** What it was made like; absent: nothing. */
  readonly like?: Like;
}

export type Compared = Comparison & WithSeries;

/**
 * The generators fault single pages of one member, or huge pages that pass the threads' caches by,
 * and no fault of theirs takes a page away.
 */
function generatedFacts({ threads, hugePerMillion }: Workload): StreamFacts {
  return {
    threads,
    pagesAddedPerFault: hugePerMillion === 1_000_000 ? 0 : 1,
    pagesTakenPerFault: 0,
    rssMembers: 1,
    boundsThreads: true,
    withinOnline: true,
    fitsInt: true,
  };
}

/**
 * Replays the workload through all schemes at once.
 * @throws InputError where machine, workload and schemes do not fit; LedgerMismatch or
 *   BoundExceeded where the program contradicts itself.
 */
export async function compare(request: CompareRequest, heartbeat: Heartbeat): Promise<Compared> {
  const { topology, workload, pageSize, preset, like } = request;
  const updates = generateUpdates(topology, workload, pageSize);
  const run = await measure(request, updates, () => generatedFacts(workload), heartbeat);
  const { program, topology: machine, ...found } = run;
  return {
    format: 'rss-err/compare@2',
    program,
    topology: machine,
    workload: {
      preset,
      threads: workload.threads,
      policy: workload.policy,
      pattern: workload.pattern,
      mappingPages: workload.mappingPages,
      hugePerMillion: workload.hugePerMillion,
      cpulist: formatCpulist(workload.cpus),
      ...(workload.switchEvery === undefined ? {} : { switchEvery: workload.switchEvery }),
    },
    ...(like === undefined ? {} : { like }),
    seed: workload.seed,
    ...found,
  };
}

/** The work that workers know as `compare`. */
export const COMPARING: WorkKind<CompareRequest, Compared> = { name: 'compare', work: compare };

/** Fewer operations than this are not worth a worker's start. */
const WORTH_A_WORKER = 4_000_000;

/**
 * The runs of a comparison, each in as many shares as there are workers to spare for it: a share
 * replays the run's stream through some of its schemes.
 */
export function sharesOf(
  runs: readonly CompareRequest[],
  workers: number,
): readonly (readonly CompareRequest[])[] {
  const operations = runs.reduce((sum, { workload }) => sum + workload.operations, 0);
  const spare = operations < WORTH_A_WORKER ? 1 : Math.floor(workers / runs.length);
  return runs.map((run) => {
    const count = Math.max(1, Math.min(spare, run.schemes.length));
    return Array.from({ length: count }, (_, share) => ({
      ...run,
      schemes: run.schemes.filter((__, index) => index % count === share),
    }));
  });
}

/** Whether shares are worth workers of their own at all. */
export function isWorthWorkers(shares: readonly (readonly CompareRequest[])[]): boolean {
  const all = shares.flat();
  const operations = all.reduce((sum, { workload }) => sum + workload.operations, 0);
  return all.length > 1 && operations >= WORTH_A_WORKER;
}

/** One run from its shares, its schemes in the order asked for. */
function joined(shares: readonly Compared[]): Compared {
  const [first] = shares;
  const count = shares.length;
  const total = shares.reduce((sum, { schemes }) => sum + schemes.length, 0);
  const schemes = Array.from(
    { length: total },
    (_, index) => shares[index % count]!.schemes[Math.floor(index / count)]!,
  );
  if (first!.series === undefined) return { ...first!, schemes };
  const records = shares.flatMap(({ series = [] }) => series);
  const series = schemes.flatMap(({ name }) => records.filter(({ scheme }) => scheme === name));
  return { ...first!, schemes, series };
}

/** The runs from what became of all their shares, one after the other. */
export function joinedRuns(
  shares: readonly (readonly CompareRequest[])[],
  parts: readonly Compared[],
): Compared[] {
  let next = 0;
  return shares.map(({ length }) => {
    const first = next;
    next += length;
    return joined(parts.slice(first, next));
  });
}
