/** A workload: a migration policy × a memory pattern, with every number that shapes it. */
import { InputError } from '../errors.ts';
import { hugePagePages } from '../kernel/page-table.ts';
import type { CpuIds } from '../topology/cpulist.ts';
import { MOST_PAGES, type PageSize, type Pages } from '../units.ts';

export const POLICY_NAMES = [
  'uniform',
  'sticky',
  'local',
  'round-robin',
  'pinned',
  'wake-affine',
  'load-balance',
] as const;
export const PATTERN_NAMES = ['slots', 'steady', 'sawtooth', 'grow', 'handoff'] as const;
export const LOCALITY_SCOPES = ['cache', 'node'] as const;

export type PolicyName = (typeof POLICY_NAMES)[number];
export type PatternName = (typeof PATTERN_NAMES)[number];
export type LocalityScope = (typeof LOCALITY_SCOPES)[number];

export type Policy =
  | { readonly name: 'uniform' }
  /** Operations that a thread stays on one CPU, on average. */
  | { readonly name: 'sticky'; readonly meanRun: number }
  /** Of a million operations, how many stay in the thread's last-level cache or node. */
  | { readonly name: 'local'; readonly scope: LocalityScope; readonly stayPerMillion: number }
  | { readonly name: 'round-robin' }
  | { readonly name: 'pinned' }
  /** Operations between a thread's wake-ups, on average; of a million CPUs, how many are busy. */
  | { readonly name: 'wake-affine'; readonly meanRun: number; readonly busyPerMillion: number }
  /** Operations between two looks at a domain, for each CPU of it; looks that find it busier. */
  | { readonly name: 'load-balance'; readonly every: number; readonly busyPerMillion: number };

export type Pattern =
  | { readonly name: 'slots'; readonly slots: number }
  | { readonly name: 'steady'; readonly targetPages: Pages }
  | { readonly name: 'sawtooth'; readonly targetPages: Pages }
  | { readonly name: 'grow' }
  | { readonly name: 'handoff'; readonly targetPages: Pages };

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

function largestMapping({ mappingPages, hugePerMillion }: Workload, pageSize: PageSize): Pages {
  return Math.max(mappingPages.max, hugePerMillion > 0 ? hugePagePages(pageSize) : 0);
}

/** The most pages that the process can reach, and in words how. */
function largestSize(workload: Workload, pageSize: PageSize): { pages: Pages; how: string } {
  const { pattern, operations } = workload;
  const mapping = largestMapping(workload, pageSize);
  switch (pattern.name) {
    case 'slots':
      return {
        pages: pattern.slots * mapping,
        how: `${pattern.slots} slots of up to ${mapping} pages`,
      };
    case 'grow':
      return {
        pages: operations * mapping,
        how: `${operations} operations of up to ${mapping} pages`,
      };
    default:
      return {
        pages: pattern.targetPages + mapping,
        how: `a target of ${pattern.targetPages} pages and a mapping of up to ${mapping}`,
      };
  }
}

/** @throws InputError where the numbers do not go together. */
export function demandSound(workload: Workload, pageSize: PageSize): void {
  const { pages, how } = largestSize(workload, pageSize);
  if (pages > MOST_PAGES) {
    throw new InputError(`${how} can reach ${pages} pages: a process has at most ${MOST_PAGES}`);
  }
  if (workload.pattern.name === 'handoff' && workload.threads < 2) {
    throw new InputError('handoff needs at least 2 threads: one allocates, another frees');
  }
}
