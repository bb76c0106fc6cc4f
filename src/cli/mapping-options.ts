/** The options of every workload, of one process or of many: its mappings, where, and the seed. */
import type { Command } from 'commander';
import type { Topology } from '../topology/topology.ts';
import { DEFAULT_SEED } from '../workload/presets.ts';
import type { MappingWorkload } from '../workload/workload.ts';
import { selectCpus } from './cpu-selection.ts';
import { type PolicyFlags, policyOf } from './policy-options.ts';
import { pagesRange, percent, wholeNumber } from './values.ts';

export interface MappingFlags extends PolicyFlags {
  readonly mapping?: MappingWorkload['mappingPages'];
  readonly hugeShare?: number;
  readonly seed: number;
}

/** What a preset settles of them; the seed and the CPUs are the run's own. */
export type MappingPreset = Omit<MappingWorkload, 'seed' | 'cpus'>;

export function addMappingOptions(command: Command): Command {
  return command
    .option(
      '--mapping <pages>',
      'pages of a mapping: 64 (1 to 64) or 8-64',
      pagesRange('--mapping'),
    )
    .option('--huge-share <percent>', 'mappings that are one huge page', percent('--huge-share'));
}

export function addSeedOption(command: Command): Command {
  return command.option(
    '--seed <n>',
    'seed of every random draw',
    wholeNumber('--seed', 0, Number.MAX_SAFE_INTEGER),
    DEFAULT_SEED,
  );
}

/** The preset's mappings with what the user changed of them. */
export function mappingWorkloadOf(
  flags: MappingFlags,
  preset: MappingPreset,
  topology: Topology,
): MappingWorkload {
  return {
    policy: policyOf(flags, preset.policy),
    mappingPages: flags.mapping ?? preset.mappingPages,
    hugePerMillion: flags.hugeShare ?? preset.hugePerMillion,
    seed: flags.seed,
    cpus: selectCpus('--cpus', flags.cpus, topology),
  };
}
