/** The options that shape a workload of many processes: a preset, and what is changed of it. */
import { type FlagsOf, goesWithSome, option } from '../../cli/options.ts';
import {
  choice,
  MEMORY_SIZE,
  PAGES_RANGE,
  PERCENT,
  sizeInPages,
  sizeOfPages,
  wholeNumber,
} from '../../cli/values.ts';
import {
  changedFields,
  flagsOfPlace,
  MAPPING_FIELDS,
  MAPPING_OPTIONS,
  POLICY_OPTIONS,
  placeOf,
  SEED,
  settledFields,
} from '../../cli/workload-options.ts';
import type { Topology } from '../../topology/topology.ts';
import type { PageSize } from '../../units.ts';
import {
  demandSoundLives,
  MOST_PARALLEL,
  MOST_SERVERS,
  PROCESS_PRESET_NAMES,
  PROCESS_PRESETS,
  type ProcessPresetName,
  type ProcessWorkload,
} from '../../workload/lives/process-workload.ts';
import { MOST_OPERATIONS, MOST_THREADS } from '../../workload/workload.ts';

const MOST_PROCESSES = 10 ** 9;

const OF_JOBS = { rules: [goesWithSome('--processes')] };
const OF_SERVERS = { rules: [goesWithSome('--servers')] };

export const PROCESS_OPTIONS = {
  preset: option(
    '--preset <name>',
    `workload to start from: ${PROCESS_PRESET_NAMES.join(', ')}`,
    choice(PROCESS_PRESET_NAMES),
    { default: 'fork-exec' as ProcessPresetName },
  ),
  processes: option(
    '--processes <n>',
    'short-lived processes in all',
    wholeNumber(0, MOST_PROCESSES),
  ),
  parallel: option(
    '--parallel <n>',
    'short-lived processes at once',
    wholeNumber(1, MOST_PARALLEL),
    OF_JOBS,
  ),
  processPages: option(
    '--process-pages <pages>',
    'heap that a short-lived process touches: 256-8192, or 64 (1 to 64)',
    PAGES_RANGE,
    OF_JOBS,
  ),
  servers: option('--servers <n>', 'long-lived processes', wholeNumber(0, MOST_SERVERS)),
  threads: option('--threads <n>', 'threads of a server', wholeNumber(1, MOST_THREADS), OF_SERVERS),
  operations: option(
    '--operations <n>',
    'operations of a server',
    wholeNumber(1, MOST_OPERATIONS),
    OF_SERVERS,
  ),
  size: option('--size <size>', 'heap of a server, in pages or as 100MiB', MEMORY_SIZE, OF_SERVERS),
  reclaimed: option(
    '--reclaimed <percent>',
    'operations of a server before which pages are reclaimed',
    PERCENT,
    OF_SERVERS,
  ),
  ...POLICY_OPTIONS,
  ...MAPPING_OPTIONS,
  failingForks: option('--failing-forks <percent>', 'forks that fail in mm_init', PERCENT),
  seed: SEED,
};

type ProcessFlags = FlagsOf<typeof PROCESS_OPTIONS>;

/** What stands for what was not given: the preset's. */
export function settledProcesses({ preset, policy, processes, servers }: ProcessFlags) {
  const settled = PROCESS_PRESETS[preset];
  return {
    policy: policy ?? settled.policy.name,
    processes: processes ?? settled.processes,
    servers: servers ?? settled.servers,
  };
}

const FIELDS = {
  processes: 'processes',
  parallel: 'jobs',
  processPages: 'jobPages',
  servers: 'servers',
  threads: 'threads',
  operations: 'operations',
} as const;

const RATES = { reclaimed: 'reclaimPerMillion', failingForks: 'failPerMillion' } as const;

/** The preset with what the user changed of it. */
export function processWorkloadOf(
  flags: ProcessFlags,
  topology: Topology,
  bytesPerPage: PageSize,
): ProcessWorkload {
  const preset = PROCESS_PRESETS[flags.preset];
  const { size, seed } = flags;
  const workload: ProcessWorkload = {
    ...settledFields(FIELDS, flags, preset),
    serverPages:
      size === undefined ? preset.serverPages : sizeInPages('--size', size, bytesPerPage, 1),
    ...settledFields(RATES, flags, preset),
    ...placeOf(flags, preset, topology, bytesPerPage),
    ...settledFields(MAPPING_FIELDS, flags, preset),
    seed,
  };
  demandSoundLives(workload);
  return workload;
}

/** The flags that make a workload of its preset: the way back of processWorkloadOf(). */
export function flagsOfProcesses(
  workload: ProcessWorkload,
  presetName: ProcessPresetName,
  topology: Topology,
): Partial<ProcessFlags> {
  const preset = PROCESS_PRESETS[presetName];
  const { serverPages, seed } = workload;
  const { reclaimed, failingForks } = changedFields(RATES, workload, preset);
  return {
    preset: presetName,
    ...changedFields(FIELDS, workload, preset),
    size: serverPages === preset.serverPages ? undefined : sizeOfPages(serverPages),
    reclaimed,
    ...flagsOfPlace(workload, preset, topology),
    ...changedFields(MAPPING_FIELDS, workload, preset),
    failingForks,
    seed,
  };
}
