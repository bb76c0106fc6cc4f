/** Workloads: a migration policy × a memory pattern, with every number that shapes them; presets. */
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
  /** After so many operations of a thread its CPU switches to another process; absent: never. */
  readonly switchEvery?: number;
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

/** Pages that the process comes to from none, and stays near; null: it never stays. */
export function levelOf(workload: Workload, pageSize: PageSize): Pages | null {
  const { pattern, mappingPages, hugePerMillion } = workload;
  const huge = hugePerMillion / 1_000_000;
  const small = (mappingPages.min + mappingPages.max) / 2;
  const level = patternRecord(pattern).level(
    pattern,
    huge * hugePagePages(pageSize) + (1 - huge) * small,
  );
  return level === null ? null : Math.max(1, Math.round(level));
}

export const PRESET_NAMES = ['service', 'hop'] as const;

export type PresetName = (typeof PRESET_NAMES)[number];

/** What a preset settles; the seed and the CPUs are the run's own. */
type Preset = Omit<Workload, 'seed' | 'cpus'>;

/**
 * - service: the report that started it, five threads and about 100 MB (25,600 pages of 4 KiB).
 *   How its threads moved was not reported; a mean run of 1,000 operations is assumed.
 * - hop: the measurement of the tree series' later versions, one thread that maps and unmaps
 *   entries of an array on random CPUs. The number of entries and their sizes were not published;
 *   1,024 of 1 to 64 pages are assumed.
 */
export const PRESETS: Record<PresetName, Preset> = {
  service: {
    threads: 5,
    policy: { name: 'sticky', meanRun: 1000 },
    pattern: { name: 'steady', targetPages: 25_600 },
    mappingPages: { min: 1, max: 64 },
    hugePerMillion: 0,
    operations: 1_000_000,
  },
  hop: {
    threads: 1,
    policy: { name: 'uniform' },
    pattern: { name: 'slots', slots: 1024 },
    mappingPages: { min: 1, max: 64 },
    hugePerMillion: 0,
    operations: 1_000_000,
  },
};

export const DEFAULT_SEED = 1;
