/** The options that shape a workload of many processes: a preset, and what is changed of it. */
import type { Command } from 'commander';
import {
  addMappingOptions,
  addSeedOption,
  type MappingFlags,
  mappingWorkloadOf,
} from '../../cli/mapping-options.ts';
import { addPolicyOptions, demandTogether } from '../../cli/policy-options.ts';
import {
  choice,
  type MemorySize,
  memorySize,
  pagesRange,
  percent,
  sizeInPages,
  wholeNumber,
} from '../../cli/values.ts';
import type { Topology } from '../../topology/topology.ts';
import type { PageSize } from '../../units.ts';
import {
  MOST_PARALLEL,
  MOST_SERVERS,
  PROCESS_PRESET_NAMES,
  PROCESS_PRESETS,
  type ProcessPresetName,
  type ProcessWorkload,
} from '../../workload/lives/process-workload.ts';
import { MOST_OPERATIONS, MOST_THREADS } from '../../workload/workload.ts';

export interface ProcessFlags extends MappingFlags {
  readonly preset: ProcessPresetName;
  readonly processes?: number;
  readonly parallel?: number;
  readonly processPages?: ProcessWorkload['jobPages'];
  readonly servers?: number;
  readonly threads?: number;
  readonly operations?: number;
  readonly size?: MemorySize;
  readonly reclaimed?: number;
  readonly failingForks?: number;
}

const MOST_PROCESSES = 10 ** 9;

export function addProcessOptions(command: Command): Command {
  const begun = command
    .option(
      '--preset <name>',
      `workload to start from: ${PROCESS_PRESET_NAMES.join(', ')}`,
      choice('--preset', PROCESS_PRESET_NAMES),
      'fork-exec',
    )
    .option(
      '--processes <n>',
      'short-lived processes in all',
      wholeNumber('--processes', 0, MOST_PROCESSES),
    )
    .option(
      '--parallel <n>',
      'short-lived processes at once',
      wholeNumber('--parallel', 1, MOST_PARALLEL),
    )
    .option(
      '--process-pages <pages>',
      'heap that a short-lived process touches: 256-8192, or 64 (1 to 64)',
      pagesRange('--process-pages'),
    )
    .option('--servers <n>', 'long-lived processes', wholeNumber('--servers', 0, MOST_SERVERS))
    .option('--threads <n>', 'threads of a server', wholeNumber('--threads', 1, MOST_THREADS))
    .option(
      '--operations <n>',
      'operations of a server',
      wholeNumber('--operations', 1, MOST_OPERATIONS),
    )
    .option('--size <size>', 'heap of a server, in pages or as 100MiB', memorySize('--size'))
    .option(
      '--reclaimed <percent>',
      'operations of a server before which pages are reclaimed',
      percent('--reclaimed'),
    );
  const mapped = addMappingOptions(addPolicyOptions(begun)).option(
    '--failing-forks <percent>',
    'forks that fail in mm_init',
    percent('--failing-forks'),
  );
  return addSeedOption(mapped);
}

/** The preset with what the user changed of it. */
export function processWorkloadOf(
  flags: ProcessFlags,
  topology: Topology,
  bytesPerPage: PageSize,
): ProcessWorkload {
  const preset = PROCESS_PRESETS[flags.preset];
  const processes = flags.processes ?? preset.processes;
  const servers = flags.servers ?? preset.servers;
  const { size } = flags;
  demandTogether(flags.parallel, '--parallel', processes > 0, '--processes above 0');
  demandTogether(flags.processPages, '--process-pages', processes > 0, '--processes above 0');
  demandTogether(flags.threads, '--threads', servers > 0, '--servers above 0');
  demandTogether(flags.operations, '--operations', servers > 0, '--servers above 0');
  demandTogether(size, '--size', servers > 0, '--servers above 0');
  demandTogether(flags.reclaimed, '--reclaimed', servers > 0, '--servers above 0');
  return {
    processes,
    jobs: flags.parallel ?? preset.jobs,
    jobPages: flags.processPages ?? preset.jobPages,
    servers,
    threads: flags.threads ?? preset.threads,
    operations: flags.operations ?? preset.operations,
    serverPages:
      size === undefined ? preset.serverPages : sizeInPages('--size', size, bytesPerPage, 1),
    reclaimPerMillion: flags.reclaimed ?? preset.reclaimPerMillion,
    failPerMillion: flags.failingForks ?? preset.failPerMillion,
    ...mappingWorkloadOf(flags, preset, topology),
  };
}
