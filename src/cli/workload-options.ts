/** The options that shape a workload: a preset, and what is changed of it. */
import type { Command } from 'commander';
import type { Topology } from '../topology/topology.ts';
import type { PageSize } from '../units.ts';
import { PRESET_NAMES, PRESETS, type PresetName } from '../workload/presets.ts';
import { PATTERNS, type Pattern } from '../workload/registry.ts';
import { MOST_OPERATIONS, MOST_THREADS, type Workload } from '../workload/workload.ts';
import {
  addMappingOptions,
  addSeedOption,
  type MappingFlags,
  mappingWorkloadOf,
} from './mapping-options.ts';
import { addPolicyOptions, demandTogether } from './policy-options.ts';
import { choice, type MemorySize, memorySize, sizeInPages, wholeNumber } from './values.ts';

type PatternName = Pattern['name'];
const PATTERN_NAMES = PATTERNS.map(({ name }) => name);
const DEFAULT_PATTERN_NUMBERS = { slots: 1024, targetPages: 25_600 } as const;

export interface WorkloadFlags extends MappingFlags {
  readonly preset: PresetName;
  readonly pattern?: PatternName;
  readonly slots?: number;
  readonly size?: MemorySize;
  readonly threads?: number;
  readonly operations?: number;
}

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
  const patterned = addPolicyOptions(begun)
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
    );
  const operated = addMappingOptions(patterned).option(
    '--operations <n>',
    'operations to replay, each maps or unmaps',
    wholeNumber('--operations', 1, MOST_OPERATIONS),
  );
  return addSeedOption(operated);
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
    ...mappingWorkloadOf(flags, preset, topology),
    threads: flags.threads ?? preset.threads,
    pattern: patternOf(flags, preset.pattern, bytesPerPage),
    operations: flags.operations ?? preset.operations,
  };
}
