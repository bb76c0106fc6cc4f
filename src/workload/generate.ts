/**
 * Turns a workload into updates: each operation maps or unmaps one mapping on one thread and CPU.
 * Order of draws: thread, CPU (the policy's), mapping (the pattern's).
 */
import { hugePagePages, pagesPerPageTable } from '../kernel/page-table.ts';
import { MEMBER } from '../kernel/rss-stat.ts';
import type { Topology } from '../topology/topology.ts';
import type { PageSize, Pages } from '../units.ts';
import { UPDATES_PER_BATCH, type UpdateColumns, type UpdateSource } from '../update/columns.ts';
import { KIND } from '../update/kinds.ts';
import type { MemoryPattern } from './contract/pattern.ts';
import { type Place, withoutGaps } from './contract/policy.ts';
import { below, MOST_IN_DOUBLE, type RandomState, seedRandom } from './contract/random.ts';
import { fillHop, type Hop } from './hop.ts';
import { patternRecord, policyRecord } from './registry.ts';
import { type MadeSource, withSwitches } from './switches.ts';
import { demandSound, type Workload } from './workload.ts';

/** The policy's Place. @throws InputError where the machine does not describe what it needs. */
export function createPlace(
  topology: Topology,
  { policy, cpus, threads }: Pick<Workload, 'policy' | 'cpus' | 'threads'>,
  random: RandomState,
): Place {
  return policyRecord(policy).createPlace({ topology, cpus, threads, random }, policy);
}

function createPattern(workload: Workload, pageSize: PageSize, random: RandomState): MemoryPattern {
  const { pattern, threads, mappingPages, hugePerMillion } = workload;
  const { min, max } = mappingPages;
  const hugePages = hugePagePages(pageSize);
  const mappings = { random, min, sizes: max - min + 1, hugePerMillion, hugePages };
  return patternRecord(pattern).create(mappings, threads, pattern);
}

/** A generator between two batches. */
interface Generator {
  readonly threads: number;
  readonly random: RandomState;
  readonly place: Place;
  readonly pattern: MemoryPattern;
  readonly tablePages: Pages;
  operationsLeft: number;
  /** The operation under way, and what is left of it. */
  thread: number;
  cpu: number;
  pages: Pages;
}

/** A function of its own, not a closure: compiled once, for all the workloads of a process. */
function fillBatch(generator: Generator, columns: UpdateColumns): void {
  const { threads, random, place, pattern, tablePages } = generator;
  const { thread, cpu, pages, kind, member, operationEnd } = columns;
  const { bulk, huge, remote } = KIND;
  const rows = UPDATES_PER_BATCH;
  let left = generator.operationsLeft;
  let t = generator.thread;
  let c = generator.cpu;
  let pending = generator.pages;
  let row = 0;
  for (; row < rows; row++) {
    if (pending === 0) {
      if (left === 0) break;
      left -= 1;
      t = pattern.first + below(random, pattern.count);
      c = place(t);
      pending = pattern.next();
    }
    let part = pending;
    // Without a branch: whether an operation maps or unmaps is anyone's guess.
    let k = (part >> 31) & bulk;
    if (pattern.huge) k = part > 0 ? huge : remote;
    else if (part < -tablePages) part = -tablePages;
    pending -= part;
    thread[row] = t;
    cpu[row] = c;
    pages[row] = part;
    kind[row] = k;
    operationEnd[row] = pending === 0 ? 1 : 0;
  }
  member.fill(MEMBER.anon, 0, row);
  columns.threads = threads;
  columns.uniform = true;
  columns.length = row;
  generator.operationsLeft = left;
  generator.thread = t;
  generator.cpu = c;
  generator.pages = pending;
}

/** The workload as the hop, or null where it is another one. */
function hopOf(workload: Workload, tablePages: Pages, random: RandomState): Hop | null {
  const { threads, operations, cpus, policy, pattern, mappingPages, hugePerMillion } = workload;
  if (policy.name !== 'uniform' || !withoutGaps(cpus)) return null;
  if (pattern.name !== 'slots' || hugePerMillion > 0 || mappingPages.max > tablePages) return null;
  if (Math.max(threads, cpus.length) > MOST_IN_DOUBLE) return null;
  if (pattern.slots < 2 || (pattern.slots & (pattern.slots - 1)) !== 0) return null;
  return {
    words: random.words,
    threads,
    firstCpu: cpus[0]!,
    cpus: cpus.length,
    slotOf: new Int32Array(pattern.slots),
    min: mappingPages.min,
    sizes: mappingPages.max - mappingPages.min + 1,
    operations,
    operationsLeft: operations,
  };
}

/**
 * The workload's updates, all of anonymous pages. A mapping is faulted in page by page, or by one
 * huge fault; it is unmapped by one bulk update for each page table of it (mappings begin at a
 * page table's edge), a huge page by one remote update. A process is threaded from the first update of its second thread on.
 * @throws InputError where the numbers do not go together, or not with the machine.
 */
export function generateUpdates(
  topology: Topology,
  workload: Workload,
  pageSize: PageSize,
): UpdateSource {
  demandSound(workload, pageSize);
  const source = madeUpdates(topology, workload, pageSize);
  const { switchEvery, threads } = workload;
  return switchEvery === undefined ? source : withSwitches(source, switchEvery, threads);
}

function madeUpdates(topology: Topology, workload: Workload, pageSize: PageSize): MadeSource {
  const { threads, operations } = workload;
  const random = seedRandom(workload.seed);
  const tablePages = pagesPerPageTable(pageSize);
  const hop = hopOf(workload, tablePages, random);
  if (hop !== null) return { operations, fill: (columns) => fillHop(hop, columns) };
  const generator: Generator = {
    threads,
    random,
    place: createPlace(topology, workload, random),
    pattern: createPattern(workload, pageSize, random),
    tablePages,
    operationsLeft: operations,
    thread: 0,
    cpu: 0,
    pages: 0,
  };
  return { operations, fill: (columns) => fillBatch(generator, columns) };
}
