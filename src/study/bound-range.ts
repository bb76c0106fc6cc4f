/** The bounds over a range of machine sizes: rows, crossings, growth, and the tree's staircase. */
import { denseMachine } from '../bounds/machine-size.ts';
import { denseSlots, worstCaseOfDense } from '../bounds/whole-machine.ts';
import type { WorstCase } from '../bounds/worst-case.ts';
import type { SchemeSpec } from '../kernel/scheme-spec.ts';
import { treeShape } from '../kernel/tree-shape.ts';
import { formatScheme } from '../schemes/registry.ts';
import { type BoundRequest, requestedPart, SINGLE_PAGE_FAULTS } from './bound-request.ts';
import type { BoundResult, BoundRow, StaircaseStep } from './bound-result.ts';
import { allCounts, besidePowers, type CpuCounts, printedCounts } from './cpu-counts.ts';
import { crossingsOf } from './crossing.ts';
import { type Growth, growthOf, LEAST_VALUES } from './growth.ts';
import { schemeBounds } from './scheme-bounds.ts';

/** Machines of CPUs 0 … N − 1, all on-line, over so many nodes, for every N of the counts. */
export interface RangeRequest extends BoundRequest {
  readonly cpus: CpuCounts;
  readonly numaNodes: number;
}

function denseWorstCase(
  spec: SchemeSpec,
  { threads, numaNodes }: RangeRequest,
  cpus: number,
): WorstCase {
  return worstCaseOfDense(spec, denseMachine(cpus, numaNodes), threads, SINGLE_PAGE_FAULTS);
}

function denseRow(request: RangeRequest, cpus: number): BoundRow {
  const { threads, inFlight, sizePages, schemes, numaNodes } = request;
  const size = denseMachine(cpus, numaNodes);
  const holders = { cpus, slots: denseSlots(size), threads };
  return {
    cpus,
    nrCpuIds: size.nrCpuIds,
    numaNodes,
    schemes: schemes.map((spec) => {
      const worst = denseWorstCase(spec, request, cpus);
      return schemeBounds(spec, { size, threads, inFlight, sizePages }, { worst, holders }, null);
    }),
  };
}

/** The larger side of the exact worst case for every count, one member, pages. */
function limitsOver(spec: SchemeSpec, request: RangeRequest, counts: Int32Array): Float64Array {
  return Float64Array.from(counts, (cpus) => {
    const { under, over } = denseWorstCase(spec, request, cpus);
    return Math.max(under, over);
  });
}

function levelsOver(counts: Int32Array, spec: SchemeSpec): number[] {
  if (spec.scheme !== 'tree') return [];
  const levels = new Set<number>();
  for (const cpus of counts) levels.add(treeShape(cpus, spec).nrLevels);
  return [...levels].sort((a, b) => a - b);
}

/** The steps of one tree beside the powers of two whose both neighbours were computed too. */
function staircaseOf(spec: SchemeSpec, request: RangeRequest, counts: Int32Array): StaircaseStep[] {
  if (spec.scheme !== 'tree') return [];
  return besidePowers(counts).map((cpus) => {
    const { schemes } = denseRow({ ...request, schemes: [spec] }, cpus);
    const { name, levels, stated, exact } = schemes[0]!;
    return { name, cpus, levels: levels ?? 0, stated: stated.member, exact: exact.member };
  });
}

/**
 * Every value of the range is computed; the rows are the readable ones.
 * @throws InputError where a scheme's parameters do not fit one of the machines.
 */
export function boundOverRange(request: RangeRequest): BoundResult {
  const { schemes, cpus, numaNodes, pageSize } = request;
  const counts = allCounts(cpus);
  const limits = new Map(schemes.map((spec) => [spec, limitsOver(spec, request, counts)]));
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
