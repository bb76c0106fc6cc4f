/**
 * Decides the claims that closed forms decide: of bounds, and of how they grow with the CPUs; and that of
 * the compare functions, that far-apart values are told apart without a precise sum.
 */
import { perNumaBatch } from '../../kernel/batches.ts';
import { faultAroundPages } from '../../kernel/page-table.ts';
import { DEFAULT_TREE, type TreeParameters, treeShape } from '../../kernel/tree-shape.ts';
import { denseMachine, machineSize, SINGLE_PAGE_FAULTS } from '../../schemes/bound.ts';
import { slotAfterBurst } from '../../schemes/per-numa/bound.ts';
import { RSS_MEMBERS, rssBound, type SchemeSpec, schemeOf } from '../../schemes/registry.ts';
import { statedTree, worstCaseTree } from '../../schemes/tree/bound.ts';
import {
  createPercpuCounterTree,
  preciseCompareValue,
} from '../../schemes/tree/percpu-counter-tree.ts';
import type { Topology } from '../../topology/topology.ts';
import { GIB, MIB, type PageSize } from '../../units.ts';
import { GROWTH_MODELS, growthOf } from '../bound/bound.ts';
import type { GrowthModel } from '../bound/result.ts';
import { witnessStream } from '../witness/witness-stream.ts';
import type { Claim, Figure, Verdict } from './result.ts';

export function pages(of: string, value: number): Figure {
  return { of, value, unit: 'pages' };
}

/** A stated bound against an exact worst case. */
function verdictOfBound(stated: number, exact: number): Verdict {
  if (exact > stated) return 'does not hold as stated';
  return exact === stated ? 'holds' : 'holds as an upper bound';
}

/**
 * A claim that a bound of so many pages is not exceeded; the largest exact figure decides. Figures
 * beside those are shown, and decide nothing.
 */
function boundClaim(
  fields: Pick<Claim, 'id' | 'claim' | 'where'>,
  claimed: Figure,
  exact: readonly Figure[],
  beside: readonly Figure[] = [],
): Claim {
  const found = [...exact, ...beside];
  const largest = Math.max(...exact.map(({ value }) => value));
  return {
    ...fields,
    method: 'bound',
    claimed,
    found,
    verdict: verdictOfBound(claimed.value, largest),
    factor: largest / claimed.value,
    seed: null,
    operations: null,
  };
}

const PER_THREAD: SchemeSpec = { scheme: 'per-thread' };
const PER_CPU: SchemeSpec = { scheme: 'per-cpu', batch: null };
const PER_NUMA: SchemeSpec = { scheme: 'per-numa', batch: null };
const TREE: SchemeSpec = { scheme: 'tree', ...DEFAULT_TREE };
const TREE_17: SchemeSpec = { scheme: 'tree', ...DEFAULT_TREE, version: 17 };

const TREE_PATCH = 'tree RFC, lib/percpu_counter_tree.c';
const NUMA_PATCH = 'per-NUMA RFC v2, 31 March 2025';

export interface ClaimMachines {
  /** The report's machine of 250 CPUs, the measurement's of 384, the patch's example of 8. */
  readonly report: Topology;
  readonly measured: Topology;
  readonly example: Topology;
}

/** The report's process. */
const THREADS = 5;

function exact(
  spec: SchemeSpec,
  topology: Topology,
  kinds = SINGLE_PAGE_FAULTS,
  threads = THREADS,
) {
  return schemeOf(spec).worstCase(spec, topology, { cpus: topology.online, threads }, kinds);
}

function perThreadClaims({ report }: ClaimMachines, pageSize: PageSize): Claim[] {
  const stated = schemeOf(PER_THREAD).statedBound(PER_THREAD, machineSize(report), THREADS);
  const single = exact(PER_THREAD, report).under;
  const aroundPages = faultAroundPages(pageSize);
  const faultAround = { ...SINGLE_PAGE_FAULTS, pagesAddedPerFault: aroundPages };
  const around = exact(PER_THREAD, report, faultAround).under;
  const found = [
    pages('exact, single-page faults', single),
    pages(`exact, fault-around of ${aroundPages} pages`, around),
  ];
  const megabytes = (Math.max(single, around) * pageSize) / MIB;
  return [
    boundClaim(
      {
        id: 'per-thread-64',
        claim: `per-thread: 64 * threads (${THREADS} threads)`,
        where: NUMA_PATCH,
      },
      pages('stated', stated.under),
      found,
    ),
    {
      id: 'per-thread-livable',
      claim: `per-thread: a livable megabyte (${THREADS} threads)`,
      where: NUMA_PATCH,
      method: 'bound',
      claimed: pages('one MiB', MIB / pageSize),
      found,
      // A figure of speech: it holds where the nearest whole number of megabytes is one.
      verdict: Math.round(megabytes) === 1 ? 'holds' : 'does not hold as stated',
      factor: megabytes,
      seed: null,
      operations: null,
    },
  ];
}

/** "As large as": the worst case has to reach it, not to stay below. */
function perCpuClaims({ report }: ClaimMachines, pageSize: PageSize): Claim[] {
  const one = exact(PER_CPU, report);
  const rss = rssBound('per-cpu', one).under;
  const gigabyte = GIB / pageSize;
  return [
    {
      id: 'per-cpu-gigabyte',
      claim: 'per-CPU: off by as large as a gigabyte (250 CPUs)',
      where: NUMA_PATCH,
      method: 'bound',
      claimed: pages('one GiB', gigabyte),
      found: [
        pages('exact, one counter', one.under),
        pages(`exact, RSS of ${RSS_MEMBERS} counters`, rss),
      ],
      verdict: rss >= gigabyte ? 'holds' : 'does not hold as stated',
      factor: rss / gigabyte,
      seed: null,
      operations: null,
    },
  ];
}

/** Adders that meet on one slot, in the examples of the contention claim. */
const ADDERS = [2, 125];

function perNumaClaims({ report }: ClaimMachines): Claim[] {
  const stated = schemeOf(PER_NUMA).statedBound(PER_NUMA, machineSize(report), THREADS);
  const batch = perNumaBatch(report.possible.length);
  return [
    boundClaim(
      {
        id: 'per-numa-32',
        claim: `per-NUMA: 32 * nodes (${report.numaNodes.length} nodes)`,
        where: NUMA_PATCH,
      },
      pages('stated', stated.under),
      [pages('exact, updates one after the other', exact(PER_NUMA, report).under)],
    ),
    boundClaim(
      {
        id: 'per-numa-contention',
        claim: 'per-NUMA: 32 a node, with adds at once',
        where: NUMA_PATCH,
      },
      pages('stated, one node', batch),
      ADDERS.map((updates) =>
        pages(
          `after one burst of ${updates} adds of +1`,
          slotAfterBurst(batch, { updates, pages: 1 }),
        ),
      ),
    ),
  ];
}

function treeClaims({ report, measured, example }: ClaimMachines, pageSize: PageSize): Claim[] {
  const v4 = schemeOf(TREE).statedBound(TREE, machineSize(report), THREADS);
  const v17 = schemeOf(TREE_17).statedBound(TREE_17, machineSize(report), THREADS);
  const atReport = exact(TREE, report);
  const small = schemeOf(TREE).statedBound(TREE, machineSize(example), THREADS);
  const sides = ({ under, over }: { under: number; over: number }) => [
    pages('exact under', under),
    pages('exact over', over),
  ];
  return [
    boundClaim(
      { id: 'tree-inaccuracy', claim: 'tree v4: +- inaccuracy (250 CPUs)', where: TREE_PATCH },
      pages('stated, either side', v4.under),
      sides(atReport),
    ),
    boundClaim(
      { id: 'tree-under', claim: 'tree v17: accuracy range, under (250 CPUs)', where: TREE_PATCH },
      pages('stated under', v17.under),
      [pages('exact under', exact(TREE_17, report).under)],
    ),
    boundClaim(
      { id: 'tree-over', claim: 'tree v17: accuracy range, over (250 CPUs)', where: TREE_PATCH },
      pages('stated over', v17.over),
      [pages('exact over', exact(TREE_17, report).over)],
    ),
    boundClaim(
      { id: 'tree-example', claim: 'tree: the worked example, 8 CPUs, +-768', where: TREE_PATCH },
      pages('stated, either side', small.under),
      sides(exact(TREE, example)),
    ),
    boundClaim(
      {
        id: 'tree-192',
        claim: 'tree: at most 192 MB (384 CPUs)',
        where: 'tree RFC v16, cover letter',
      },
      pages('192 MiB', (192 * MIB) / pageSize),
      [pages('exact', exact(TREE, measured).under)],
      [pages('by the formula', schemeOf(TREE).statedBound(TREE, machineSize(measured), 1).under)],
    ),
  ];
}

export function boundClaims(machines: ClaimMachines, pageSize: PageSize): Claim[] {
  return [
    ...perThreadClaims(machines, pageSize),
    ...perCpuClaims(machines, pageSize),
    ...perNumaClaims(machines),
    ...treeClaims(machines, pageSize),
  ];
}

/** From the first tree of three levels to x86's largest configuration. */
const FROM = 8;
const TO = 8192;

/** O(f) bounds from above: a lower order that fits better lets it hold, as an upper bound. */
function verdictOfOrder(claimed: GrowthModel, best: GrowthModel | 'constant'): Verdict {
  if (best === claimed) return 'holds';
  const isLower =
    best === 'constant' || GROWTH_MODELS.indexOf(best) < GROWTH_MODELS.indexOf(claimed);
  return isLower ? 'holds as an upper bound' : 'does not hold as stated';
}

function growthClaim(
  fields: Pick<Claim, 'id' | 'claim' | 'where'>,
  spec: SchemeSpec,
  claimed: GrowthModel,
): Claim {
  const counts = Int32Array.from({ length: TO - FROM + 1 }, (_, i) => FROM + i);
  const scheme = schemeOf(spec);
  const worstCaseOf = scheme.denseWorstCase(spec, 1, SINGLE_PAGE_FAULTS);
  const worst = Float64Array.from(counts, (cpus) => worstCaseOf(denseMachine(cpus, 2)).under);
  const levels = [...new Set([FROM, TO].map((cpus) => scheme.levels(spec, cpus)))].filter(
    (nrLevels) => nrLevels !== null,
  );
  const { fits, best } = growthOf(spec.scheme, counts, worst, levels);
  const residuals = fits.map(
    ({ model, residual }): Figure => ({ of: `fit of ${model}`, value: residual, unit: 'residual' }),
  );
  return {
    ...fields,
    method: 'bound',
    claimed: null,
    found: [
      ...residuals,
      ...levels.map(
        (value, i): Figure => ({
          of: `tree at ${i === 0 ? FROM : TO} CPUs`,
          value,
          unit: 'levels',
        }),
      ),
    ],
    verdict: verdictOfOrder(claimed, best),
    factor: null,
    seed: null,
    operations: null,
  };
}

export function growthClaims(): Claim[] {
  const range = `${FROM} to ${TO} CPUs`;
  return [
    growthClaim(
      {
        id: 'per-cpu-growth',
        claim: `per-CPU: grows as N^2 (${range})`,
        where: 'tree RFC, cover letters',
      },
      { scheme: 'per-cpu', batch: null },
      'N^2',
    ),
    growthClaim(
      {
        id: 'tree-growth',
        claim: `tree: grows as N log N (${range})`,
        where: 'tree RFC, cover letters',
      },
      { scheme: 'tree', ...DEFAULT_TREE },
      'N log2 N',
    ),
  ];
}

/** Machines are tried up to so many CPUs. */
const MOST_CPUS = 1024;

/**
 * The kernel tests v − approximate against the over side, where the worst case is the under one: the
 * answer is wrong once the exact under exceeds the stated over.
 */
function canBeWrong(cpus: number, parameters: TreeParameters): boolean {
  const shape = treeShape(cpus, parameters);
  const all = Int32Array.from({ length: cpus }, (_, cpu) => cpu);
  return worstCaseTree(shape, parameters, all).under > statedTree(shape, parameters).over;
}

/** A counter at its worst, compared with its own precise sum: the answer should be 0. */
function answerAtWorst(cpus: number, parameters: TreeParameters, topology: Topology): number {
  const machine = {
    ...topology,
    nrCpuIds: cpus,
    online: Int32Array.from({ length: cpus }, (_, cpu) => cpu),
  };
  const spec = { scheme: 'tree', ...parameters } as const;
  const holding = schemeOf(spec).holding(spec, machine, machine.online, 1);
  const stream = witnessStream(holding, 'under', 4096, machine.online, 1);
  const tree = createPercpuCounterTree(cpus, parameters);
  for (const { cpu, pages } of stream?.records() ?? []) tree.add(cpu, pages);
  return preciseCompareValue(tree, tree.preciseSum());
}

function firstWrong(batch: number): number | null {
  const parameters: TreeParameters = { ...DEFAULT_TREE, version: 17, batch };
  for (let cpus = 1; cpus <= MOST_CPUS; cpus++) {
    if (canBeWrong(cpus, parameters)) return cpus;
  }
  return null;
}

/** The series' own batch, and the small ones at which the mixed-up sides show. */
const BATCHES = [2, 4, 8, 16, DEFAULT_TREE.batch];

export function compareClaims(topology: Topology): Claim[] {
  return BATCHES.map((batch): Claim => {
    const cpus = firstWrong(batch);
    const parameters: TreeParameters = { ...DEFAULT_TREE, version: 17, batch };
    // A closed form says where; the function itself has to give the wrong answer there.
    const wrong = cpus !== null && answerAtWorst(cpus, parameters, topology) !== 0;
    const found: Figure[] =
      cpus === null
        ? [{ of: 'no wrong answer up to', value: MOST_CPUS, unit: 'CPUs' }]
        : [{ of: 'wrong answer from', value: cpus, unit: 'CPUs' }];
    return {
      id: `tree-compare-${batch}`,
      claim: `tree v17: precise compare is exact (batch ${batch})`,
      where: 'tree RFC, lib/percpu_counter_tree.c',
      method: 'execution',
      claimed: null,
      found,
      verdict: wrong ? 'does not hold as stated' : 'holds',
      factor: null,
      seed: null,
      operations: null,
    };
  });
}
