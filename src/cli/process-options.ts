/** The options that shape a workload of many processes: a preset, and what is changed of it. */
import type { Command } from 'commander';
import { formatCpulist } from '../topology/cpulist.ts';
import type { Topology } from '../topology/topology.ts';
import type { PageSize, Pages } from '../units/pages.ts';
import {
  MOST_PARALLEL,
  MOST_SERVERS,
  PROCESS_PRESET_NAMES,
  PROCESS_PRESETS,
  type ProcessPresetName,
  type ProcessWorkload,
} from '../workload/lives/process-workload.ts';
import { DEFAULT_SEED } from '../workload/presets.ts';
import { MOST_THREADS } from '../workload/workload.ts';
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
import { policyArguments } from './workload-arguments.ts';

type PagesRange = ProcessWorkload['jobPages'];

export interface ProcessFlags extends PolicyFlags {
  readonly preset: ProcessPresetName;
  readonly processes?: number;
  readonly parallel?: number;
  readonly processPages?: PagesRange;
  readonly servers?: number;
  readonly threads?: number;
  readonly operations?: number;
  readonly size?: MemorySize;
  readonly reclaimed?: number;
  readonly mapping?: { readonly min: Pages; readonly max: Pages };
  readonly hugeShare?: number;
  readonly failingForks?: number;
  readonly seed: number;
}

const MOST_PROCESSES = 10 ** 9;
const MOST_OPERATIONS = 10 ** 12;

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
  return addPolicyOptions(begun)
    .option(
      '--mapping <pages>',
      'pages of a mapping: 64 (1 to 64) or 8-64',
      pagesRange('--mapping'),
    )
    .option('--huge-share <percent>', 'mappings that are one huge page', percent('--huge-share'))
    .option('--failing-forks <percent>', 'forks that fail in mm_init', percent('--failing-forks'))
    .option(
      '--seed <n>',
      'seed of every random draw',
      wholeNumber('--seed', 0, Number.MAX_SAFE_INTEGER),
      DEFAULT_SEED,
    );
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
    policy: policyOf(flags, preset.policy),
    mappingPages: flags.mapping ?? preset.mappingPages,
    hugePerMillion: flags.hugeShare ?? preset.hugePerMillion,
    seed: flags.seed,
    cpus: selectCpus('--cpus', flags.cpus, topology),
  };
}

/** The options that make a workload of its preset, as processWorkloadOf() reads them. */
export function processArguments(
  workload: ProcessWorkload,
  presetName: ProcessPresetName,
  topology: Topology,
): string[] {
  const preset = PROCESS_PRESETS[presetName];
  const changed = <T>(flag: string, value: T, from: T, text: (value: T) => string): string[] =>
    JSON.stringify(value) === JSON.stringify(from) ? [] : [flag, text(value)];
  const share = (perMillion: number) => `${perMillion / 10_000}%`;
  const range = ({ min, max }: PagesRange) => `${min}-${max}`;
  const { policy, cpus } = workload;
  return [
    ...['--preset', presetName],
    ...changed('--processes', workload.processes, preset.processes, String),
    ...changed('--parallel', workload.jobs, preset.jobs, String),
    ...changed('--process-pages', workload.jobPages, preset.jobPages, range),
    ...changed('--servers', workload.servers, preset.servers, String),
    ...changed('--threads', workload.threads, preset.threads, String),
    ...changed('--operations', workload.operations, preset.operations, String),
    ...changed('--size', workload.serverPages, preset.serverPages, String),
    ...changed('--reclaimed', workload.reclaimPerMillion, preset.reclaimPerMillion, share),
    ...(JSON.stringify(policy) === JSON.stringify(preset.policy) ? [] : policyArguments(policy)),
    ...(cpus === topology.online ? [] : ['--cpus', formatCpulist(cpus)]),
    ...changed('--mapping', workload.mappingPages, preset.mappingPages, range),
    ...changed('--huge-share', workload.hugePerMillion, preset.hugePerMillion, share),
    ...changed('--failing-forks', workload.failPerMillion, preset.failPerMillion, share),
    ...['--seed', `${workload.seed}`],
  ];
}
