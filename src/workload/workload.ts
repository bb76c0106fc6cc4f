/** A workload: a migration policy × a memory pattern, with every number that shapes it. */
import { InputError } from '../errors.ts';
import { hugePagePages } from '../kernel/page-table.ts';
import type { CpuIds } from '../topology/cpulist.ts';
import { MOST_PAGES, type PageSize, type Pages } from '../units.ts';
import { type Pattern, type Policy, patternRecord } from './registry.ts';

/** What every workload has, of one process or of many: mappings, where they are made, the seed. */
export interface MappingWorkload {
  readonly policy: Policy;
  /** Pages of one mapping: uniform from min to max. */
  readonly mappingPages: { readonly min: Pages; readonly max: Pages };
  /** Of a million mappings, how many are one huge page each. */
  readonly hugePerMillion: number;
  readonly seed: number;
  /** The CPUs that threads run on, all on-line. */
  readonly cpus: CpuIds;
}

export interface Workload extends MappingWorkload {
  readonly threads: number;
  readonly pattern: Pattern;
  readonly operations: number;
}

export const MOST_THREADS = 2 ** 20;
export const MOST_OPERATIONS = 10 ** 12;

/** @throws InputError where the numbers do not go together. */
export function demandSound(workload: Workload, pageSize: PageSize): void {
  const { pattern, operations, mappingPages, hugePerMillion, threads } = workload;
  const { largestSize, leastThreads } = patternRecord(pattern);
  const mapping = Math.max(mappingPages.max, hugePerMillion > 0 ? hugePagePages(pageSize) : 0);
  const { pages, how } = largestSize(pattern, { operations, mapping });
  if (pages > MOST_PAGES) {
    throw new InputError(`${how} can reach ${pages} pages: a process has at most ${MOST_PAGES}`);
  }
  if (leastThreads !== undefined && threads < leastThreads.threads) {
    const { threads: least, why } = leastThreads;
    throw new InputError(`${pattern.name} needs at least ${least} threads: ${why}`);
  }
}
