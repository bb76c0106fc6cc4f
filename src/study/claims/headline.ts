/**
 * The tree series' measurement: 384 CPUs, one thread hopping over them, mappings toggled at random;
 * 1 GB off with per-CPU counters after a few minutes, 80 MB with the tree. The sizes of mappings and
 * of the process were not published, so they are searched.
 */

import { hugePagePages } from '../../kernel/page-table.ts';
import type { SchemeSpec } from '../../kernel/scheme-spec.ts';
import { DEFAULT_TREE } from '../../kernel/tree-shape.ts';
import type { Heartbeat } from '../../replay/replay.ts';
import { replayWindows } from '../../replay/windows.ts';
import { createCounters } from '../../schemes/registry.ts';
import type { Topology } from '../../topology/topology.ts';
import { GIB, MIB, type PageSize, type Pages } from '../../units/pages.ts';
import { generateUpdates } from '../../workload/generate.ts';
import { PRESETS } from '../../workload/presets.ts';
import type { Workload } from '../../workload/workload.ts';
import { type Claim, pages } from './claim.ts';

const PER_CPU: SchemeSpec = { scheme: 'per-cpu', batch: null };
const TREE: SchemeSpec = { scheme: 'tree', ...DEFAULT_TREE };

/** Largest mappings, in pages: from single pages to one page table. */
const MAPPING_PAGES = [1, 2, 8, 64, 512];

/** Processes: hop's own array of 1,024 mappings, and arrays that hold about a gigabyte and more. */
const PROCESS_PAGES = [null, 300_000];

const WINDOW_OPERATIONS = 500_000;
const MOST_WINDOWS = 20;
/**
 * Stationary: the medians of a window agree so far with those at half the operations. Neighbouring
 * windows would agree under any slow drift.
 */
const TOLERANCE = 0.05;
const LEAST_WINDOWS = 4;

interface Case {
  readonly mapping: Pages;
  /** Every mapping is one huge page. */
  readonly huge: boolean;
  readonly slots: number;
}

export interface HopFinding extends Case {
  readonly operations: number;
  readonly stationary: boolean;
  /** Largest clamped error since the start, and the median of the last window; pages. */
  readonly perCpu: { readonly largest: Pages; readonly median: Pages };
  readonly tree: { readonly largest: Pages; readonly median: Pages };
}

/** Slots are mapped half of the time. */
function slotsFor(averagePages: Pages, processPages: Pages | null): number {
  return processPages === null ? 1024 : Math.ceil((2 * processPages) / averagePages);
}

function casesOf(pageSize: PageSize): Case[] {
  const hugePages = hugePagePages(pageSize);
  return PROCESS_PAGES.flatMap((processPages): Case[] => [
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

async function hop(
  topology: Topology,
  pageSize: PageSize,
  { mapping, huge, slots }: Case,
  seed: number,
  heartbeat: Heartbeat,
): Promise<HopFinding> {
  const workload: Workload = {
    ...PRESETS.hop,
    pattern: { name: 'slots', slots },
    mappingPages: { min: 1, max: mapping },
    hugePerMillion: huge ? 1_000_000 : 0,
    operations: WINDOW_OPERATIONS * MOST_WINDOWS,
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

/** Every case, in order. */
export async function hopFindings(
  topology: Topology,
  pageSize: PageSize,
  seed: number,
  heartbeat: Heartbeat,
): Promise<HopFinding[]> {
  const findings: HopFinding[] = [];
  for (const one of casesOf(pageSize)) {
    findings.push(await hop(topology, pageSize, one, seed, heartbeat));
  }
  return findings;
}

const WHERE = 'tree RFC v16, cover letter';

/** A measured figure counts as met within a tenth. */
const MET_WITHIN = 0.1;

type Measure = 'largest' | 'median';

const MEASURES: readonly Measure[] = ['largest', 'median'];

interface Targets {
  readonly perCpu: Pages;
  readonly tree: Pages;
}

function caseText({ mapping, huge, slots, stationary }: HopFinding): string {
  const what = huge ? 'huge pages' : `1..${mapping} pages`;
  return `${what}, ${slots} mappings${stationary ? '' : ', not stationary'}`;
}

function operationsOf(findings: readonly HopFinding[]): number {
  return findings.reduce((sum, { operations }) => sum + operations, 0);
}

function least<T>(items: readonly T[], badness: (item: T) => number): T {
  return items.reduce((best, item) => (badness(item) < badness(best) ? item : best));
}

/** One of the two figures alone: whether some case comes near it. */
function aloneClaim(
  fields: Pick<Claim, 'id' | 'claim'>,
  scheme: keyof Targets,
  target: Pages,
  findings: readonly HopFinding[],
  seed: number,
): Claim {
  const nearest = MEASURES.map((measure) => {
    const finding = least(findings, (one) => Math.abs(one[scheme][measure] - target));
    return { measure, finding, value: finding[scheme][measure] };
  });
  const { value } = least(nearest, (one) => Math.abs(one.value - target));
  return {
    ...fields,
    where: WHERE,
    method: 'replay',
    claimed: pages('measured', target),
    found: nearest.map((one) =>
      pages(`nearest ${one.measure} (${caseText(one.finding)})`, one.value),
    ),
    verdict: Math.abs(value - target) <= MET_WITHIN * target ? 'holds' : 'does not hold as stated',
    factor: value / target,
    seed,
    operations: operationsOf(findings),
  };
}

/** Both figures were measured with one program: one case and one statistic have to give both. */
function togetherClaim(findings: readonly HopFinding[], targets: Targets, seed: number): Claim {
  const candidates = findings.flatMap((finding) =>
    MEASURES.map((measure) => ({ finding, measure })),
  );
  const miss = ({ finding, measure }: (typeof candidates)[number]) =>
    Math.max(
      Math.abs(finding.perCpu[measure] / targets.perCpu - 1),
      Math.abs(finding.tree[measure] / targets.tree - 1),
    );
  const best = least(candidates, miss);
  const { finding, measure } = best;
  return {
    id: 'headline-together',
    claim: '1 GB and 80 MB, both of one program',
    where: WHERE,
    method: 'replay',
    claimed: null,
    found: [
      pages(`per-cpu ${measure} (${caseText(finding)})`, finding.perCpu[measure]),
      pages(`tree ${measure}, same case`, finding.tree[measure]),
    ],
    verdict: miss(best) <= MET_WITHIN ? 'holds' : 'does not hold as stated',
    factor: null,
    seed,
    operations: operationsOf(findings),
  };
}

export function headlineClaims(
  findings: readonly HopFinding[],
  pageSize: PageSize,
  seed: number,
): Claim[] {
  const targets: Targets = { perCpu: GIB / pageSize, tree: (80 * MIB) / pageSize };
  return [
    aloneClaim(
      { id: 'headline-per-cpu', claim: 'per-CPU: 1 GB off, measured (384 CPUs, hop)' },
      'perCpu',
      targets.perCpu,
      findings,
      seed,
    ),
    aloneClaim(
      { id: 'headline-tree', claim: 'tree: 80 MB off, measured (384 CPUs, hop)' },
      'tree',
      targets.tree,
      findings,
      seed,
    ),
    togetherClaim(findings, targets, seed),
  ];
}
