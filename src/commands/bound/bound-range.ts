/** The bounds over a range of machine sizes: each machine's, crossings, growth, and the tree's staircase. */

import { countOrder } from '../../kernel/tree-shape.ts';
import type { Heartbeat } from '../../replay/replay.ts';
import {
  denseMachine,
  largerSide,
  SINGLE_PAGE_FAULTS,
  type WorstCase,
} from '../../schemes/bound.ts';
import { formatScheme, type SchemeSpec, schemeOf } from '../../schemes/registry.ts';
import type { CpuIds } from '../../topology/cpulist.ts';
import {
  type BoundRequest,
  crossingsOf,
  growthOf,
  type HeldBack,
  heldBack,
  LEAST_VALUES,
  requestedPart,
  schemeBounds,
  usedPart,
} from './bound.ts';
import {
  allCounts,
  besidePowers,
  type CpuCounts,
  denseTopology,
  printedCounts,
} from './cpu-counts.ts';
import type { BoundResult, Growth, SchemeBounds, StaircaseStep } from './result.ts';

/** Machines of CPUs 0 … N − 1, all on-line, over so many nodes, for every N of the counts. */
export interface RangeRequest extends BoundRequest {
  readonly cpus: CpuCounts;
  readonly numaNodes: number;
  /** Of each machine; null: all of them. */
  readonly used: CpuIds | null;
  /** Whether each machine is told; else the readable ones. */
  readonly everyRow: boolean;
}

/** What the CPUs of --used can hold back on a machine of so many CPUs. */
type UsedHeld = (spec: SchemeSpec, cpus: number) => HeldBack;

/** Null where all CPUs are meant; `most`: CPUs of the largest machine. */
function usedHeldOf({ used, threads, numaNodes }: RangeRequest, most: number): UsedHeld | null {
  if (used === null) return null;
  const all = Int32Array.from({ length: most }, (_, cpu) => cpu);
  return (spec, cpus) =>
    heldBack(spec, denseTopology(all.subarray(0, cpus), numaNodes), { cpus: used, threads });
}

/** Of each scheme on a machine of so many CPUs. */
function denseBounds(
  request: RangeRequest,
  usedHeld: UsedHeld | null,
  cpus: number,
): SchemeBounds[] {
  const { threads, inFlight, sizePages, schemes, numaNodes, oom } = request;
  const size = denseMachine(cpus, numaNodes);
  return schemes.map((spec) => {
    const { denseWorstCase, heldBy } = schemeOf(spec);
    const worst = denseWorstCase(spec, threads, SINGLE_PAGE_FAULTS)(size);
    const whole = { worst, holders: heldBy.countDense(size, threads) };
    const held = usedHeld?.(spec, cpus) ?? null;
    const bounds = schemeBounds(spec, { size, threads, inFlight, sizePages, oom }, whole, held);
    return { onlineCpus: cpus, nrCpuIds: size.nrCpuIds, numaNodes, ...bounds };
  });
}

/** Counts between two looks at the heartbeat. */
const BEAT_EVERY = 1024;

/** Machines likewise, of which more is told. */
const MACHINES_A_BEAT = 64;

/** The larger side of the exact worst case for every count, one member, pages. */
async function limitsOver(
  spec: SchemeSpec,
  { threads, numaNodes }: RangeRequest,
  usedHeld: UsedHeld | null,
  counts: Int32Array,
  heartbeat: Heartbeat,
): Promise<Float64Array> {
  const scheme = schemeOf(spec);
  const ofWhole = scheme.denseWorstCase(spec, threads, SINGLE_PAGE_FAULTS);
  const worstCaseOf = (cpus: number) =>
    usedHeld === null ? ofWhole(denseMachine(cpus, numaNodes)) : usedHeld(spec, cpus).worst;
  const limits = new Float64Array(counts.length);
  for (let i = 0; i < counts.length; i++) {
    limits[i] = largerSide(worstCaseOf(counts[i]!));
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
function staircaseOf(
  spec: SchemeSpec,
  request: RangeRequest,
  usedHeld: UsedHeld | null,
  counts: Int32Array,
): StaircaseStep[] {
  if (schemeOf(spec).levels(spec, counts[0]!) === null) return [];
  return besidePowers(counts).map((cpus) => {
    const [bounds] = denseBounds({ ...request, schemes: [spec] }, usedHeld, cpus);
    const { name, levels, stated, exact, exactUsed } = bounds!;
    const sidesOf = ({ under, over }: WorstCase) => ({ under, over });
    return {
      name,
      onlineCpus: cpus,
      levels: levels ?? 0,
      stated: sidesOf(stated),
      exact: sidesOf(exactUsed ?? exact),
    };
  });
}

/**
 * Every value of the range is computed; unless every one is asked for, the readable ones are told.
 * The heartbeat is told machines computed, those of each scheme one after the other.
 * @throws InputError where a scheme's parameters do not fit one of the machines; what the heartbeat throws.
 */
export async function boundOverRange(
  request: RangeRequest,
  heartbeat: Heartbeat,
): Promise<BoundResult> {
  const { schemes, cpus, numaNodes, pageSize, used, everyRow } = request;
  const counts = allCounts(cpus);
  const usedHeld = usedHeldOf(request, counts.at(-1)!);
  const limits = new Map<SchemeSpec, Float64Array>();
  for (const spec of schemes) {
    const before = limits.size * counts.length;
    const tell = (computed: number) => heartbeat(before + computed);
    limits.set(spec, await limitsOver(spec, request, usedHeld, counts, tell));
  }
  const bounds: SchemeBounds[] = [];
  const shown = everyRow ? counts : printedCounts(cpus);
  for (const [i, count] of shown.entries()) {
    bounds.push(...denseBounds(request, usedHeld, count));
    if (i % MACHINES_A_BEAT === 0) await heartbeat(schemes.length * counts.length);
  }
  const limitOf = (spec: SchemeSpec) => limits.get(spec) ?? new Float64Array(0);
  const bounded = schemes.filter((spec) => limitOf(spec).every(Number.isFinite));
  const growth = bounded.map(
    (spec): Growth => growthOf(formatScheme(spec), counts, limitOf(spec), levelsOver(counts, spec)),
  );
  return {
    ...requestedPart(request),
    topology: null,
    range: { cpus: cpus.text, values: counts.length, numaNodes, pageSize },
    used: usedPart(used),
    schemes: bounds,
    crossings: crossingsOf(schemes, 'CPUs', counts, limitOf),
    growth: counts.length < LEAST_VALUES ? [] : growth,
    staircase: schemes.flatMap((spec) => staircaseOf(spec, request, usedHeld, counts)),
  };
}
