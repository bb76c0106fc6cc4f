/** Workloads with a name. */
import type { Workload } from './workload.ts';

export const PRESET_NAMES = ['service', 'hop'] as const;

export type PresetName = (typeof PRESET_NAMES)[number];

/** What a preset settles; the seed and the CPUs are the run's own. */
export type Preset = Omit<Workload, 'seed' | 'cpus'>;

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
