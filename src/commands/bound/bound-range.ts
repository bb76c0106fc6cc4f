/** The bounds over a range of machine sizes: rows, crossings, growth, and the tree's staircase. */

import { countOrder } from '../../kernel/tree-shape.ts';
import type { Heartbeat } from '../../replay/replay.ts';
import { denseMachine, largerSide, SINGLE_PAGE_FAULTS } from '../../schemes/bound.ts';
import { formatScheme, type SchemeSpec, schemeOf } from '../../schemes/registry.ts';
import { type BoundRequest, requestedPart, schemeBounds } from './bound.ts';
import { allCounts, besidePowers, type CpuCounts, printedCounts } from './cpu-counts.ts';
import type { BoundResult, BoundRow, Growth, StaircaseStep } from './result.ts';
import { crossingsOf, growthOf, LEAST_VALUES } from './trends.ts';

/** Machines of CPUs 0 … N − 1, all on-line, over so many nodes, for every N of the counts. */
export interface RangeRequest extends BoundRequest {
  readonly cpus: CpuCounts;
  readonly numaNodes: number;
}

function denseRow(request: RangeRequest, cpus: number): BoundRow {
  const { threads, inFlight, sizePages, schemes, numaNodes, oom } = request;
  const size = denseMachine(cpus, numaNodes);
  return {
    cpus,
    nrCpuIds: size.nrCpuIds,
    numaNodes,
    schemes: schemes.map((spec) => {
      const { denseWorstCase, heldBy } = schemeOf(spec);
      const worst = denseWorstCase(spec, threads, SINGLE_PAGE_FAULTS)(size);
      const whole = { worst, holders: heldBy.countDense(size, threads) };
      return schemeBounds(spec, { size, threads, inFlight, sizePages, oom }, whole, null);
    }),
  };
}

/** Counts between two looks at the heartbeat. */
const BEAT_EVERY = 1024;

/** The larger side of the exact worst case for every count, one member, pages. */
async function limitsOver(
  spec: SchemeSpec,
  { threads, numaNodes }: RangeRequest,
  counts: Int32Array,
  heartbeat: Heartbeat,
): Promise<Float64Array> {
  const worstCaseOf = schemeOf(spec).denseWorstCase(spec, threads, SINGLE_PAGE_FAULTS);
  const limits = new Float64Array(counts.length);
  for (let i = 0; i < counts.length; i++) {
    limits[i] = largerSide(worstCaseOf(denseMachine(counts[i]!, numaNodes)));
    if (i % BEAT_EVERY === BEAT_EVERY - 1) await heartbeat(i + 1);
  }
  return limits;
}

function levelsOver(counts: Int32Array, spec: SchemeSpec): number[] {
  const scheme = schemeOf(spec);
  const levels = new Set<number>();
  let order = -1;
  for (const cpus of counts) {
    // Counts of one order have one shape.
    if (countOrder(cpus) === order) continue;
    order = countOrder(cpus);
    const nrLevels = scheme.levels(spec, cpus);
    if (nrLevels === null) return [];
    levels.add(nrLevels);
  }
  return [...levels].sort((a, b) => a - b);
}

/** The steps of one tree beside the powers of two whose both neighbours were computed too. */
function staircaseOf(spec: SchemeSpec, request: RangeRequest, counts: Int32Array): StaircaseStep[] {
  if (schemeOf(spec).levels(spec, counts[0]!) === null) return [];
  return besidePowers(counts).map((cpus) => {
    const { schemes } = denseRow({ ...request, schemes: [spec] }, cpus);
    const { name, levels, stated, exact } = schemes[0]!;
    return { name, cpus, levels: levels ?? 0, stated: stated.member, exact: exact.member };
  });
}

/**
 * Every value of the range is computed; the rows are the readable ones.
 * The heartbeat is told machines computed, those of each scheme one after the other.
 * @throws InputError where a scheme's parameters do not fit one of the machines; what the heartbeat throws.
 */
export async function boundOverRange(
  request: RangeRequest,
  heartbeat: Heartbeat,
): Promise<BoundResult> {
  const { schemes, cpus, numaNodes, pageSize } = request;
  const counts = allCounts(cpus);
  const limits = new Map<SchemeSpec, Float64Array>();
  for (const spec of schemes) {
    const before = limits.size * counts.length;
    const tell = (computed: number) => heartbeat(before + computed);
    limits.set(spec, await limitsOver(spec, request, counts, tell));
  }
  const limitOf = (spec: SchemeSpec) => limits.get(spec) ?? new Float64Array(0);
  const growth = schemes.map(
    (spec): Growth => growthOf(formatScheme(spec), counts, limitOf(spec), levelsOver(counts, spec)),
  );
  return {
    ...requestedPart(request),
    topology: null,
    range: { cpus: cpus.text, values: counts.length, numaNodes, pageSize },
    used: null,
    rows: printedCounts(cpus).map((count) => denseRow(request, count)),
    crossings: crossingsOf(schemes, 'CPUs', counts, limitOf),
    growth: counts.length < LEAST_VALUES ? [] : growth,
    staircase: schemes.flatMap((spec) => staircaseOf(spec, request, counts)),
  };
}
