/** Workloads as the options that give them again: the way back from their options. */
import { formatCpulist } from '../topology/cpulist.ts';
import type { Topology } from '../topology/topology.ts';
import type { Pages } from '../units.ts';
import {
  PROCESS_PRESETS,
  type ProcessPresetName,
  type ProcessWorkload,
} from '../workload/lives/process-workload.ts';
import { PRESETS, type PresetName } from '../workload/presets.ts';
import type { Pattern, Policy } from '../workload/registry.ts';
import type { MappingWorkload, Workload } from '../workload/workload.ts';
import type { MappingPreset } from './mapping-options.ts';

const isSame = <T>(value: T, from: T) => JSON.stringify(value) === JSON.stringify(from);

/** An option, where its value is not the preset's. */
function changed<T>(flag: string, value: T, from: T, word: (value: T) => string): string[] {
  return isSame(value, from) ? [] : [flag, word(value)];
}

const percentWord = (perMillion: number) => `${perMillion / 10_000}%`;

const rangeWord = ({ min, max }: { readonly min: Pages; readonly max: Pages }) => `${min}-${max}`;

/** Where threads run. */
function placeArguments(
  { policy, cpus }: MappingWorkload,
  preset: MappingPreset,
  topology: Topology,
): string[] {
  return [
    ...(isSame(policy, preset.policy) ? [] : policyArguments(policy)),
    ...(cpus === topology.online ? [] : ['--cpus', formatCpulist(cpus)]),
  ];
}

/** What they map. */
function mappingArguments(
  { mappingPages, hugePerMillion }: MappingWorkload,
  preset: MappingPreset,
): string[] {
  return [
    ...changed('--mapping', mappingPages, preset.mappingPages, rangeWord),
    ...changed('--huge-share', hugePerMillion, preset.hugePerMillion, percentWord),
  ];
}

/** The options that make a workload of its preset, as workloadOf() reads them. */
export function workloadArguments(
  workload: Workload,
  presetName: PresetName,
  topology: Topology,
): string[] {
  const preset = PRESETS[presetName];
  const { threads, pattern, operations, seed } = workload;
  return [
    ...['--preset', presetName],
    ...changed('--threads', threads, preset.threads, String),
    ...placeArguments(workload, preset, topology),
    ...(isSame(pattern, preset.pattern) ? [] : patternArguments(pattern)),
    ...mappingArguments(workload, preset),
    ...changed('--operations', operations, preset.operations, String),
    ...['--seed', `${seed}`],
  ];
}

/** The options that make a workload of its preset, as processWorkloadOf() reads them. */
export function processArguments(
  workload: ProcessWorkload,
  presetName: ProcessPresetName,
  topology: Topology,
): string[] {
  const preset = PROCESS_PRESETS[presetName];
  return [
    ...['--preset', presetName],
    ...changed('--processes', workload.processes, preset.processes, String),
    ...changed('--parallel', workload.jobs, preset.jobs, String),
    ...changed('--process-pages', workload.jobPages, preset.jobPages, rangeWord),
    ...changed('--servers', workload.servers, preset.servers, String),
    ...changed('--threads', workload.threads, preset.threads, String),
    ...changed('--operations', workload.operations, preset.operations, String),
    ...changed('--size', workload.serverPages, preset.serverPages, String),
    ...changed('--reclaimed', workload.reclaimPerMillion, preset.reclaimPerMillion, percentWord),
    ...placeArguments(workload, preset, topology),
    ...mappingArguments(workload, preset),
    ...changed('--failing-forks', workload.failPerMillion, preset.failPerMillion, percentWord),
    ...['--seed', `${workload.seed}`],
  ];
}

/** The options that make a policy, as policyOf() reads them. */
export function policyArguments(
  policy: Policy,
  option: '--policy' | '--spread' = '--policy',
): string[] {
  const named = [option, policy.name];
  switch (policy.name) {
    case 'sticky':
      return [...named, '--run-length', `${policy.meanRun}`];
    case 'local':
      return [...named, '--local-to', policy.scope, '--stay', percentWord(policy.stayPerMillion)];
    case 'wake-affine':
      return [
        ...named,
        ...['--run-length', `${policy.meanRun}`, '--busy', percentWord(policy.busyPerMillion)],
      ];
    case 'load-balance':
      return [
        ...named,
        ...['--balance-every', `${policy.every}`, '--busy', percentWord(policy.busyPerMillion)],
      ];
    default:
      return named;
  }
}

function patternArguments(pattern: Pattern): string[] {
  const named = ['--pattern', pattern.name];
  switch (pattern.name) {
    case 'slots':
      return [...named, '--slots', `${pattern.slots}`];
    case 'grow':
      return named;
    default:
      return [...named, '--size', `${pattern.targetPages}`];
  }
}
