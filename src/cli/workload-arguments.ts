/** A workload as the options that give it again: the way back from workload-options.ts. */
import { formatCpulist } from '../topology/cpulist.ts';
import type { Topology } from '../topology/topology.ts';
import { PRESETS, type PresetName } from '../workload/presets.ts';
import type { Pattern, Policy, Workload } from '../workload/workload.ts';

/** The options that make a workload of its preset, as workloadOf() reads them. */
export function workloadArguments(
  workload: Workload,
  presetName: PresetName,
  topology: Topology,
): string[] {
  const preset = PRESETS[presetName];
  const { policy, pattern, mappingPages, hugePerMillion } = workload;
  const changed = <T>(value: T, from: T, ...words: string[]): string[] =>
    value === from ? [] : words;
  return [
    '--preset',
    presetName,
    ...changed(workload.threads, preset.threads, '--threads', `${workload.threads}`),
    ...(JSON.stringify(policy) === JSON.stringify(preset.policy) ? [] : policyArguments(policy)),
    ...changed(workload.cpus, topology.online, '--cpus', formatCpulist(workload.cpus)),
    ...(JSON.stringify(pattern) === JSON.stringify(preset.pattern)
      ? []
      : patternArguments(pattern)),
    ...(mappingPages.min === preset.mappingPages.min && mappingPages.max === preset.mappingPages.max
      ? []
      : ['--mapping', `${mappingPages.min}-${mappingPages.max}`]),
    ...changed(hugePerMillion, preset.hugePerMillion, '--huge-share', percentWord(hugePerMillion)),
    ...changed(workload.operations, preset.operations, '--operations', `${workload.operations}`),
    '--seed',
    `${workload.seed}`,
  ];
}

function percentWord(perMillion: number): string {
  return `${perMillion / 10_000}%`;
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
