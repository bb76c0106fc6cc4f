/**
 * Turns a workload into updates: each operation maps or unmaps one mapping on one thread and CPU.
 * Order of draws: thread, CPU (the policy's), mapping (the pattern's).
 */
import { hugePagePages, pagesPerPageTable } from '../kernel/page-table.ts';
import { MEMBER } from '../kernel/rss-stat.ts';
import type { Topology } from '../topology/topology.ts';
import type { PageSize } from '../units/pages.ts';
import { ADDS_PER_BATCH, UPDATES_PER_BATCH, type UpdateColumns } from '../update/columns.ts';
import { KIND } from '../update/kinds.ts';
import type { UpdateSource } from '../update/source.ts';
import { growPattern, handoffPattern, sawtoothPattern, steadyPattern } from './patterns/held.ts';
import { type MemoryPattern, mappingSizes } from './patterns/pattern.ts';
import { slotsPattern } from './patterns/slots.ts';
import { loadBalance } from './policies/load-balance.ts';
import { local } from './policies/local.ts';
import { pinned } from './policies/pinned.ts';
import type { Place } from './policies/policy.ts';
import { roundRobin } from './policies/round-robin.ts';
import { sticky } from './policies/sticky.ts';
import { uniform } from './policies/uniform.ts';
import { wakeAffine } from './policies/wake-affine.ts';
import { below, type RandomState, seedRandom } from './random.ts';
import { demandSound, type Workload } from './workload.ts';

/** The policy's Place. @throws InputError where the machine does not describe what it needs. */
export function createPlace(
  topology: Topology,
  { policy, cpus, threads }: Pick<Workload, 'policy' | 'cpus' | 'threads'>,
  random: RandomState,
): Place {
  switch (policy.name) {
    case 'uniform':
      return uniform(cpus, random);
    case 'sticky':
      return sticky(cpus, random, threads, policy.meanRun);
    case 'local':
      return local(topology, cpus, random, threads, policy.scope, policy.stayPerMillion);
    case 'round-robin':
      return roundRobin(cpus, threads);
    case 'pinned':
      return pinned(cpus);
    case 'wake-affine':
      return wakeAffine(topology, cpus, random, threads, policy.meanRun, policy.busyPerMillion);
    case 'load-balance':
      return loadBalance(topology, cpus, random, policy.every, policy.busyPerMillion);
  }
}

function createPattern(workload: Workload, pageSize: PageSize, random: RandomState): MemoryPattern {
  const { pattern, threads, mappingPages, hugePerMillion } = workload;
  const { min, max } = mappingPages;
  const drawMapping = mappingSizes(random, min, max, hugePerMillion, hugePagePages(pageSize));
  switch (pattern.name) {
    case 'slots':
      return slotsPattern(random, threads, pattern.slots, drawMapping);
    case 'steady':
      return steadyPattern(random, threads, pattern.targetPages, drawMapping);
    case 'sawtooth':
      return sawtoothPattern(threads, pattern.targetPages, drawMapping);
    case 'grow':
      return growPattern(threads, drawMapping);
    case 'handoff':
      return handoffPattern(threads, pattern.targetPages, drawMapping);
  }
}

/**
 * The workload's updates, all of anonymous pages. A mapping is faulted in page by page, or by one
 * huge fault; it is unmapped by one bulk update for each page table of it (mappings begin at a
 * page table's edge), a huge page by one remote update.
 * @throws InputError where the numbers do not go together, or not with the machine.
 */
export function generateUpdates(
  topology: Topology,
  workload: Workload,
  pageSize: PageSize,
): UpdateSource {
  demandSound(workload, pageSize);
  const random = seedRandom(workload.seed);
  const place = createPlace(topology, workload, random);
  const pattern = createPattern(workload, pageSize, random);
  const tablePages = pagesPerPageTable(pageSize);
  let operationsLeft = workload.operations;
  /** What is left of the operation that is under way. */
  let pending = 0;
  let thread = 0;
  let cpu = 0;

  function fill(columns: UpdateColumns): void {
    columns.threads = workload.threads;
    let row = 0;
    let adds = 0;
    while (row < UPDATES_PER_BATCH && adds < ADDS_PER_BATCH) {
      if (pending === 0) {
        if (operationsLeft === 0) break;
        operationsLeft -= 1;
        thread = pattern.first + below(random, pattern.count);
        cpu = place(thread);
        pending = pattern.next();
      }
      let pages: number;
      let kind: number;
      if (pattern.huge) {
        pages = pending;
        kind = pending > 0 ? KIND.huge : KIND.remote;
        adds += 1;
      } else if (pending > 0) {
        pages = Math.min(pending, ADDS_PER_BATCH - adds);
        kind = KIND.fault;
        adds += pages;
      } else {
        pages = Math.max(pending, -tablePages);
        kind = KIND.bulk;
        adds += 1;
      }
      pending -= pages;
      columns.thread[row] = thread;
      columns.cpu[row] = cpu;
      columns.pages[row] = pages;
      columns.kind[row] = kind;
      columns.member[row] = MEMBER.anon;
      columns.operationEnd[row] = pending === 0 ? 1 : 0;
      row += 1;
    }
    columns.length = row;
  }

  return { operations: workload.operations, fill };
}
