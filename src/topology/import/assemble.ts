/** From what a description tells to a Topology, by the same rules as the JSON form. */
import { DEFAULT_PAGE_SIZE, KIB } from '../../units.ts';
import { type CpuIds, formatCpulist } from '../cpulist.ts';
import type { TopologyDocument } from '../schema.ts';
import type { Topology } from '../topology.ts';
import { validateTopology } from '../validate.ts';
import type { MachineDescription } from './description.ts';
import { possibleCpus } from './settle-cpus.ts';
import { settleNodes } from './settle-nodes.ts';
import { type ToldKeys, toldDocument } from './told-document.ts';

/** A machine from a description of any form. */
export interface Imported {
  readonly topology: Topology;
  /** The topology's document without the keys that the description does not tell. */
  readonly document: TopologyDocument;
  /** What is not told and what was settled: a line each, without a full stop. */
  readonly remarks: readonly string[];
}

export interface AssembleOptions {
  readonly name: string;
  /** What the user says it is; null where the user does not. */
  readonly nrCpuIds: number | null;
}

/** Groups that leave an on-line CPU out tell the machine's only in part: all of them are left out. */
function completeOrNone<T>(
  groups: readonly T[],
  cpusOf: (group: T) => CpuIds,
  online: CpuIds,
  what: string,
  remarks: string[],
): readonly T[] {
  if (groups.length === 0) return groups;
  const covered = new Uint8Array((online.at(-1) ?? -1) + 1);
  for (const group of groups) for (const cpu of cpusOf(group)) covered[cpu] = 1;
  const missing = online.filter((cpu) => covered[cpu] === 0);
  if (missing.length === 0) return groups;
  remarks.push(
    `${what} are told for some on-line CPUs only (not for ${formatCpulist(missing)}): left out`,
  );
  return [];
}

/** "A", "A or B", "A, B or C". */
function orList(words: readonly string[]): string {
  return words.length < 2
    ? words.join('')
    : `${words.slice(0, -1).join(', ')} or ${words.at(-1) ?? ''}`;
}

/** One line on all that neither form nor user tells, and what is taken where something must be. */
function untoldRemark(
  { form, untold, pageSize }: MachineDescription,
  possibleTaken: CpuIds | null,
): string[] {
  const missing = [
    ...untold.filter((what) => possibleTaken !== null || !what.includes('possible')),
    ...(possibleTaken === null || untold.some((what) => what.includes('possible'))
      ? []
      : ['which CPUs are possible']),
    ...(pageSize === null && !untold.some((what) => what.includes('page size'))
      ? ['the page size']
      : []),
  ];
  if (missing.length === 0) return [];
  const taken = [
    ...(possibleTaken === null
      ? []
      : [
          `possible CPUs as those named (nr_cpu_ids ${(possibleTaken.at(-1) ?? 0) + 1}; topology import --nr-cpu-ids sets it)`,
        ]),
    ...(pageSize === null ? [`pages as ${DEFAULT_PAGE_SIZE / KIB} KiB`] : []),
  ];
  const rest = taken.length === 0 ? '' : `; taken: ${taken.join(', ')}`;
  return [`${form}, which does not tell ${orList(missing)}${rest}`];
}

/**
 * The machine of a description.
 * @throws InputError where its parts contradict each other, in the words of the JSON form's rules.
 */
export function assemble(
  description: MachineDescription,
  { name, nrCpuIds }: AssembleOptions,
): Imported {
  const { form, online, present, pageSize } = description;
  const possible = possibleCpus(description, nrCpuIds);
  const isPossible = new Uint8Array((possible.at(-1) ?? -1) + 1);
  for (const cpu of possible) isPossible[cpu] = 1;
  // What the user's nr_cpu_ids cuts off is no contradiction; anything else the rules tell.
  const kept = (cpus: CpuIds) =>
    nrCpuIds === null ? cpus : cpus.filter((cpu) => isPossible[cpu] === 1);
  const keptOf = <T extends { readonly cpus: CpuIds }>(groups: readonly T[]): T[] =>
    groups.map((group) => ({ ...group, cpus: kept(group.cpus) }));
  const notEmpty = ({ cpus }: { readonly cpus: CpuIds }) => cpus.length > 0;

  const settled: string[] = [...description.resolved];
  const nodes = settleNodes(keptOf(description.numaNodes ?? []), online);
  settled.push(...nodes.remarks);
  const packages = keptOf(description.packages).filter(notEmpty);
  const cores = description.cores.map(kept).filter((cpus) => cpus.length > 0);
  const told: ToldKeys = {
    pageSize: pageSize !== null,
    present: present !== null,
    online: true,
  };
  const document = toldDocument(
    {
      name,
      description: '',
      source: `imported from ${form}`,
      pageSize: pageSize ?? DEFAULT_PAGE_SIZE,
      nrCpuIds: isPossible.length,
      possible,
      present: present ?? possible,
      online,
      cores: completeOrNone(cores, (cpus) => cpus, online, 'cores', settled),
      caches: keptOf(description.caches).filter(notEmpty),
      packages: completeOrNone(packages, ({ cpus }) => cpus, online, 'packages', settled),
      dies: keptOf(description.dies).filter(notEmpty),
      numaNodes: nodes.nodes,
      distances: description.distances,
    },
    told,
  );
  const possibleTaken = description.possible === null && nrCpuIds === null ? possible : null;
  return {
    topology: validateTopology(document),
    document,
    remarks: [...untoldRemark(description, possibleTaken), ...settled],
  };
}
