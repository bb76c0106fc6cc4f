/** The options that shape workloads: a preset, what is changed of it, where threads run. */
import type { CpuIds } from '../topology/cpulist.ts';
import { formatCpulist } from '../topology/cpulist.ts';
import type { Topology } from '../topology/topology.ts';
import type { PageSize } from '../units.ts';
import type { AnyParameter, Parameter, Parameters } from '../workload/contract/parameter.ts';
import { seedRandom } from '../workload/contract/random.ts';
import { createPlace } from '../workload/generate.ts';
import { PATTERNS, type Pattern, POLICIES, type Policy } from '../workload/registry.ts';
import {
  DEFAULT_SEED,
  demandSound,
  type MappingWorkload,
  MOST_OPERATIONS,
  MOST_THREADS,
  PRESET_NAMES,
  PRESETS,
  type PresetName,
  type Workload,
} from '../workload/workload.ts';
import { selectCpus } from './machine.ts';
import {
  type FlagsOf,
  goesWithChoices,
  keyOf,
  type Option,
  type Options,
  option,
} from './options.ts';
import {
  choice,
  MEMORY_SIZE,
  type MemorySize,
  PAGES_RANGE,
  PERCENT,
  sizeInPages,
  sizeOfPages,
  TEXT,
  wholeNumber,
} from './values.ts';

/** A policy or a pattern, of whichever parameters. */
interface AnyRecord {
  readonly name: string;
  readonly parameters: Parameters;
}

function parameterOption(parameter: AnyParameter, description: string): Option<unknown> {
  switch (parameter.kind) {
    case 'count': {
      const { low, high } = parameter;
      return option(`${parameter.flag} <n>`, description, wholeNumber(low, high));
    }
    case 'share':
      return option(`${parameter.flag} <percent>`, description, PERCENT);
    case 'pages':
      return option(`${parameter.flag} <size>`, description, MEMORY_SIZE);
    case 'word':
      return option(`${parameter.flag} <what>`, description, choice(parameter.words));
  }
}

/** The parameters of all records by their flags, in the order of the help: who takes each. */
function takersOf(records: readonly AnyRecord[]): Map<string, [string, Parameter][]> {
  const takers = new Map<string, [string, Parameter][]>();
  for (const { name, parameters } of records) {
    const declared = Object.values(parameters);
    const first = declared.filter(({ helpFirst }) => helpFirst === true);
    for (const parameter of new Set([...first, ...declared])) {
      takers.set(parameter.flag, [...(takers.get(parameter.flag) ?? []), [name, parameter]]);
    }
  }
  return takers;
}

/** "steady, sawtooth: target, slots: mappings": records that say the same stand together. */
function helpOf(takers: readonly [name: string, Parameter][]): string {
  const saying = new Map<string, string[]>();
  for (const [name, { help }] of takers) saying.set(help, [...(saying.get(help) ?? []), name]);
  return Array.from(saying, ([help, names]) => `${names.join(', ')}: ${help}`).join(', ');
}

/**
 * An option for each parameter of the records, which goes with those choices of `chooser` that have
 * it. Which they are is not known to the types: chosenOf() and flagsOfChosen() read and give them.
 */
export function parameterOptions(chooser: string, records: readonly AnyRecord[]): object & Options {
  const made = Array.from(takersOf(records), ([flag, takers]) => {
    const [[, parameter]] = takers as [[string, Parameter]];
    const rule = goesWithChoices(
      chooser,
      takers.map(([name]) => name),
    );
    return [keyOf(flag), { ...parameterOption(parameter, helpOf(takers)), rules: [rule] }] as const;
  });
  return Object.fromEntries(made);
}

/** The record's name and values: as the flags have them, else the preset's, else the defaults. */
export function chosenOf<C extends { readonly name: string }>(
  records: readonly AnyRecord[],
  name: C['name'],
  flags: object,
  preset: object,
  bytesPerPage: PageSize,
): C {
  const given = flags as Readonly<Record<string, unknown>>;
  const from = preset as Readonly<Record<string, unknown>>;
  const { parameters } = records.find((record) => record.name === name)!;
  const values = Object.entries(parameters).map(([key, parameter]) => {
    const value = given[keyOf(parameter.flag)];
    if (value === undefined) return [key, from[key] ?? parameter.default];
    return parameter.kind === 'pages'
      ? [key, sizeInPages(parameter.flag, value as MemorySize, bytesPerPage, parameter.low)]
      : [key, value];
  });
  return { name, ...Object.fromEntries(values) };
}

/** The flags that make a choice again, as chosenOf() reads them. */
export function flagsOfChosen(
  chooser: string,
  records: readonly AnyRecord[],
  chosen: { readonly name: string } & Readonly<Record<string, unknown>>,
): object {
  const { parameters } = records.find(({ name }) => name === chosen.name)!;
  const values = Object.entries(parameters).map(([key, { flag, kind }]) => {
    const value = chosen[key];
    return [keyOf(flag), kind === 'pages' ? sizeOfPages(value as number) : value];
  });
  return { [keyOf(chooser)]: chosen.name, ...Object.fromEntries(values) };
}

const isSame = (value: unknown, other: unknown) => JSON.stringify(value) === JSON.stringify(other);

/** Options that each set a field of a preset: which field. */
type Fields<P> = Readonly<Record<string, keyof P>>;

/** The fields of a preset as the flags have them, else as they are. */
export function settledFields<P, F extends Fields<P>>(
  fields: F,
  flags: { readonly [K in keyof F]: P[F[K]] | undefined },
  preset: P,
): Pick<P, F[keyof F]> {
  const settled = Object.entries(fields).map(([key, field]) => [
    field,
    flags[key] ?? preset[field],
  ]);
  return Object.fromEntries(settled);
}

/** The flags of fields that are not the preset's: the way back of settledFields(). */
export function changedFields<P, F extends Fields<P>>(
  fields: F,
  workload: P,
  preset: P,
): { readonly [K in keyof F]: P[F[K]] | undefined } {
  const changed = Object.entries(fields).map(([key, field]) => [
    key,
    isSame(workload[field], preset[field]) ? undefined : workload[field],
  ]);
  return Object.fromEntries(changed);
}

export const SEED = option(
  '--seed <n>',
  'seed of every random draw',
  wholeNumber(0, Number.MAX_SAFE_INTEGER),
  { default: DEFAULT_SEED },
);

export const POLICY_NAMES: readonly Policy['name'][] = POLICIES.map(({ name }) => name);
const PATTERN_NAMES: readonly Pattern['name'][] = PATTERNS.map(({ name }) => name);

/** The CPUs of a machine that a process uses: of any command, as selectCpus() reads them. */
export const USED = option(
  '--used <cpulist>',
  'CPUs that the process may use: 0-3, or node:0 (default: all on-line)',
  TEXT,
);

/** How threads migrate, and over which CPUs. */
export const POLICY_OPTIONS = {
  policy: option(
    '--policy <name>',
    `how threads migrate: ${POLICY_NAMES.join(', ')}`,
    choice(POLICY_NAMES),
  ),
  ...(parameterOptions('--policy', POLICIES) as object),
  used: USED,
};

/** What they map. */
export const MAPPING_OPTIONS = {
  mapping: option('--mapping <pages>', 'pages of a mapping: 64 (1 to 64) or 8-64', PAGES_RANGE),
  hugeShare: option('--huge-share <percent>', 'mappings that are one huge page', PERCENT),
};

/** The fields that the options of mappings set. */
export const MAPPING_FIELDS = { mapping: 'mappingPages', hugeShare: 'hugePerMillion' } as const;

/** What a preset settles of every workload; the seed and the CPUs are the run's own. */
type MappingPreset = Omit<MappingWorkload, 'seed' | 'cpus'>;

/** Where threads run. @throws InputError as selectCpus(); where the machine does not describe what the policy needs. */
export function placeOf(
  flags: FlagsOf<typeof POLICY_OPTIONS>,
  { policy }: MappingPreset,
  topology: Topology,
  bytesPerPage: PageSize,
): { policy: Policy; cpus: CpuIds } {
  const name = flags.policy ?? policy.name;
  const place = {
    policy: chosenOf<Policy>(POLICIES, name, flags, policy, bytesPerPage),
    cpus: selectCpus('--used', flags.used, topology),
  };
  createPlace(topology, { ...place, threads: 1 }, seedRandom(0));
  return place;
}

/** The way back of placeOf(). */
export function flagsOfPlace(
  { policy, cpus }: MappingWorkload,
  preset: MappingPreset,
  topology: Topology,
): object {
  return {
    ...(isSame(policy, preset.policy) ? {} : flagsOfChosen('--policy', POLICIES, policy)),
    ...(cpus === topology.online ? {} : { used: formatCpulist(cpus) }),
  };
}

export const WORKLOAD_OPTIONS = {
  preset: option(
    '--preset <name>',
    `workload to start from: ${PRESET_NAMES.join(', ')}`,
    choice(PRESET_NAMES),
    { default: 'service' as PresetName },
  ),
  threads: option('--threads <n>', 'threads of the process', wholeNumber(1, MOST_THREADS)),
  ...POLICY_OPTIONS,
  pattern: option(
    '--pattern <name>',
    `how memory comes and goes: ${PATTERN_NAMES.join(', ')}`,
    choice(PATTERN_NAMES),
  ),
  ...(parameterOptions('--pattern', PATTERNS) as object),
  ...MAPPING_OPTIONS,
  operations: option(
    '--operations <n>',
    'operations to replay, each maps or unmaps',
    wholeNumber(1, MOST_OPERATIONS),
  ),
  switchEvery: option(
    '--switch-every <n>',
    'operations of a thread between switches of its CPU to another process (stash; default: it has it to itself)',
    wholeNumber(1, MOST_OPERATIONS),
  ),
  seed: SEED,
};

export type WorkloadFlags = FlagsOf<typeof WORKLOAD_OPTIONS>;

/** What stands for the choices that were not made: the preset's. */
export function settledChoices({ preset, policy, pattern }: WorkloadFlags) {
  const settled = PRESETS[preset];
  return { policy: policy ?? settled.policy.name, pattern: pattern ?? settled.pattern.name };
}

/** The preset with what the user changed of it. */
export function workloadOf(
  flags: WorkloadFlags,
  topology: Topology,
  bytesPerPage: PageSize,
): Workload {
  const preset = PRESETS[flags.preset];
  const { pattern } = preset;
  const workload: Workload = {
    ...placeOf(flags, preset, topology, bytesPerPage),
    ...settledFields(FIELDS, flags, preset),
    pattern: chosenOf(PATTERNS, flags.pattern ?? pattern.name, flags, pattern, bytesPerPage),
    ...(flags.switchEvery === undefined ? {} : { switchEvery: flags.switchEvery }),
    seed: flags.seed,
  };
  demandSound(workload, bytesPerPage);
  return workload;
}

const FIELDS = { threads: 'threads', ...MAPPING_FIELDS, operations: 'operations' } as const;

/** The flags that make a workload of its preset: the way back of workloadOf(). */
export function flagsOfWorkload(
  workload: Workload,
  presetName: PresetName,
  topology: Topology,
): Partial<WorkloadFlags> {
  const preset = PRESETS[presetName];
  const { pattern, seed } = workload;
  const { threads, operations, ...mapping } = changedFields(FIELDS, workload, preset);
  return {
    preset: presetName,
    threads,
    ...flagsOfPlace(workload, preset, topology),
    ...(isSame(pattern, preset.pattern) ? {} : flagsOfChosen('--pattern', PATTERNS, pattern)),
    ...mapping,
    operations,
    switchEvery: workload.switchEvery,
    seed,
  };
}
