/**
 * The tree series' measurement: 384 CPUs, one thread hopping over them, mappings toggled at random.
 * The sizes of mappings and of the process were not published, so they are searched: one replay a
 * size, which knows nothing of the others.
 */
import type { WorkKind } from '../../cli/jobs.ts';
import { hugePagePages } from '../../kernel/page-table.ts';
import { DEFAULT_TREE } from '../../kernel/tree-shape.ts';
import { type Heartbeat, replayWindows } from '../../replay/replay.ts';
import { createCounters, type SchemeSpec } from '../../schemes/registry.ts';
import type { Topology } from '../../topology/topology.ts';
import type { PageSize, Pages } from '../../units.ts';
import { generateUpdates } from '../../workload/generate.ts';
import type { Workload } from '../../workload/workload.ts';
import { PRESETS } from '../../workload/workload.ts';
import type { HopFinding } from './result.ts';

const PER_CPU: SchemeSpec = { scheme: 'per-cpu', batch: null };
const TREE: SchemeSpec = { scheme: 'tree', ...DEFAULT_TREE };

/** Largest mappings, in pages: from single pages to one page table. */
const MAPPING_PAGES = [1, 2, 8, 64, 512];

/** Processes: hop's own array of 1,024 mappings, and arrays that hold about a gigabyte and more. */
const PROCESS_PAGES = [null, 300_000];

const WINDOW_OPERATIONS = 500_000;
const MOST_WINDOWS = 20;

/** Of one replay. */
export const MOST_HOP_OPERATIONS = WINDOW_OPERATIONS * MOST_WINDOWS;
/**
 * Stationary: the medians of a window agree so far with those at half the operations. Neighbouring
 * windows would agree under any slow drift.
 */
const TOLERANCE = 0.05;
const LEAST_WINDOWS = 4;

type HopCase = Pick<HopFinding, 'mapping' | 'huge' | 'slots'>;

/** One case, to be replayed. */
export interface HopRequest {
  readonly topology: Topology;
  readonly pageSize: PageSize;
  readonly seed: number;
  readonly hopCase: HopCase;
}

/** Slots are mapped half of the time. */
function slotsFor(averagePages: Pages, processPages: Pages | null): number {
  return processPages === null ? 1024 : Math.ceil((2 * processPages) / averagePages);
}

function casesOf(pageSize: PageSize): HopCase[] {
  const hugePages = hugePagePages(pageSize);
  return PROCESS_PAGES.flatMap((processPages): HopCase[] => [
    ...MAPPING_PAGES.map((mapping) => ({
      mapping,
      huge: false,
      slots: slotsFor((mapping + 1) / 2, processPages),
    })),
    { mapping: hugePages, huge: true, slots: slotsFor(hugePages, processPages) },
  ]);
}

function near(a: Pages, b: Pages): boolean {
  return Math.abs(a - b) <= TOLERANCE * Math.max(a, b, 1);
}

/** Every case, in order. */
export function hopRequests(
  topology: Topology,
  pageSize: PageSize,
  seed: number,
): readonly HopRequest[] {
  return casesOf(pageSize).map((hopCase) => ({ topology, pageSize, seed, hopCase }));
}

export async function hopFinding(
  { topology, pageSize, seed, hopCase: { mapping, huge, slots } }: HopRequest,
  heartbeat: Heartbeat,
): Promise<HopFinding> {
  const workload: Workload = {
    ...PRESETS.hop,
    pattern: { name: 'slots', slots },
    mappingPages: { min: 1, max: mapping },
    hugePerMillion: huge ? 1_000_000 : 0,
    operations: MOST_HOP_OPERATIONS,
    seed,
    cpus: topology.online,
  };
  const counters = [PER_CPU, TREE].map((spec) => ({
    name: spec.scheme,
    counters: createCounters(topology, spec),
  }));
  const source = generateUpdates(topology, workload, pageSize);
  const largest = [0, 0];
  const history: (readonly number[])[] = [];
  let finding: HopFinding | null = null;
  const windows = replayWindows(source, topology.nrCpuIds, counters, WINDOW_OPERATIONS, heartbeat);
  for await (const { operations, clamped } of windows) {
    const medians = clamped.map(({ p50 }) => p50);
    clamped.forEach(({ under, over }, i) => {
      largest[i] = Math.max(largest[i]!, under, over);
    });
    history.push(medians);
    const atHalf = history[Math.floor(history.length / 2) - 1];
    const stationary =
      history.length >= LEAST_WINDOWS &&
      operations > 2 * slots &&
      medians.every((median, i) => near(median, atHalf?.[i] ?? Number.NaN));
    finding = {
      mapping,
      huge,
      slots,
      operations,
      stationary,
      perCpu: { largest: largest[0]!, median: medians[0]! },
      tree: { largest: largest[1]!, median: medians[1]! },
    };
    if (stationary) break;
  }
  if (finding === null) throw new RangeError('hop without operations');
  return finding;
}

export function operationsOf(findings: readonly HopFinding[]): number {
  return findings.reduce((sum, { operations }) => sum + operations, 0);
}

/** The work that workers know as `hopFinding`. */
export const FINDING_HOP: WorkKind<HopRequest, HopFinding> = {
  name: 'hopFinding',
  work: hopFinding,
};
