/** The options that shape a workload: a preset, and what is changed of it. */
import type { Command } from 'commander';
import type { Topology } from '../topology/topology.ts';
import type { PageSize, Pages } from '../units/pages.ts';
import {
  DEFAULT_PATTERN_NUMBERS,
  DEFAULT_SEED,
  PRESET_NAMES,
  PRESETS,
  type PresetName,
} from '../workload/presets.ts';
import {
  MOST_THREADS,
  PATTERN_NAMES,
  type Pattern,
  type PatternName,
  type Workload,
} from '../workload/workload.ts';
import { selectCpus } from './cpu-selection.ts';
import { addPolicyOptions, demandTogether, type PolicyFlags, policyOf } from './policy-options.ts';
import {
  choice,
  type MemorySize,
  memorySize,
  pagesRange,
  percent,
  sizeInPages,
  wholeNumber,
} from './values.ts';

export interface WorkloadFlags extends PolicyFlags {
  readonly preset: PresetName;
  readonly pattern?: PatternName;
  readonly slots?: number;
  readonly size?: MemorySize;
  readonly mapping?: { readonly min: Pages; readonly max: Pages };
  readonly hugeShare?: number;
  readonly threads?: number;
  readonly operations?: number;
  readonly seed: number;
}

const MOST_OPERATIONS = 10 ** 12;
const MOST_SLOTS = 2 ** 24;

export function addWorkloadOptions(command: Command): Command {
  const begun = command
    .option(
      '--preset <name>',
      `workload to start from: ${PRESET_NAMES.join(', ')}`,
      choice('--preset', PRESET_NAMES),
      'service',
    )
    .option('--threads <n>', 'threads of the process', wholeNumber('--threads', 1, MOST_THREADS));
  return addPolicyOptions(begun)
    .option(
      '--pattern <name>',
      `how memory comes and goes: ${PATTERN_NAMES.join(', ')}`,
      choice('--pattern', PATTERN_NAMES),
    )
    .option('--slots <n>', 'slots: mappings in the array', wholeNumber('--slots', 1, MOST_SLOTS))
    .option(
      '--size <size>',
      'steady, sawtooth, handoff: target, in pages or as 100MiB',
      memorySize('--size'),
    )
    .option(
      '--mapping <pages>',
      'pages of a mapping: 64 (1 to 64) or 8-64',
      pagesRange('--mapping'),
    )
    .option('--huge-share <percent>', 'mappings that are one huge page', percent('--huge-share'))
    .option(
      '--operations <n>',
      'operations to replay, each maps or unmaps',
      wholeNumber('--operations', 1, MOST_OPERATIONS),
    )
    .option(
      '--seed <n>',
      'seed of every random draw',
      wholeNumber('--seed', 0, Number.MAX_SAFE_INTEGER),
      DEFAULT_SEED,
    );
}

function patternOf(flags: WorkloadFlags, preset: Pattern, bytesPerPage: PageSize): Pattern {
  const name = flags.pattern ?? preset.name;
  const hasTarget = name === 'steady' || name === 'sawtooth' || name === 'handoff';
  demandTogether(flags.slots, '--slots', name === 'slots', '--pattern slots');
  demandTogether(flags.size, '--size', hasTarget, '--pattern steady, sawtooth or handoff');
  const numbers = { ...DEFAULT_PATTERN_NUMBERS, ...preset };
  switch (name) {
    case 'slots':
      return { name, slots: flags.slots ?? numbers.slots };
    case 'grow':
      return { name };
    default:
      return {
        name,
        targetPages:
          flags.size === undefined
            ? numbers.targetPages
            : sizeInPages('--size', flags.size, bytesPerPage, 1),
      };
  }
}

/** The preset with what the user changed of it. */
export function workloadOf(
  flags: WorkloadFlags,
  topology: Topology,
  bytesPerPage: PageSize,
): Workload {
  const preset = PRESETS[flags.preset];
  return {
    threads: flags.threads ?? preset.threads,
    policy: policyOf(flags, preset.policy),
    pattern: patternOf(flags, preset.pattern, bytesPerPage),
    mappingPages: flags.mapping ?? preset.mappingPages,
    hugePerMillion: flags.hugeShare ?? preset.hugePerMillion,
    operations: flags.operations ?? preset.operations,
    seed: flags.seed,
    cpus: selectCpus('--cpus', flags.cpus, topology),
  };
}
