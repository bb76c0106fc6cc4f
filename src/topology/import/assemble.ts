/** From what a description reports to a Topology, by the same rules as the JSON form. */
import { InputError } from '../../errors.ts';
import { HIGHEST_CPU_ID } from '../../kernel/nr-cpus.ts';
import { DEFAULT_PAGE_SIZE, KIB } from '../../units.ts';
import { type CpuSets, type List, setsIn } from '../cpu-sets.ts';
import { type CpuIds, formatCpulist } from '../cpulist.ts';
import { topologyDocument } from '../normal-form.ts';
import type { TopologyDocument } from '../schema.ts';
import type { NumaNode, Topology } from '../topology.ts';
import { demandSound } from '../validate.ts';
import {
  cpuRange,
  type MachineDescription,
  MISSING,
  type Missing,
  markedCpus,
  unionOf,
} from './description.ts';

/** Keys that have a default where a document leaves them out. */
interface ReportedKeys {
  readonly pageSize: boolean;
  readonly present: boolean;
  readonly online: boolean;
}

/** A machine from a description of any form. */
export interface Imported {
  readonly topology: Topology;
  /** Which keys with a default the description reports: what its document has (reportedDocument()). */
  readonly reported: ReportedKeys;
  /** What is missing and what was settled: a line each, without a full stop. */
  readonly remarks: readonly string[];
}

interface AssembleOptions {
  readonly name: string;
  /** What the user says it is; null where the user does not. */
  readonly nrCpuIds: number | null;
}

/** The sets of CPUs of a description, one by one: together they may be millions. */
function* setsOf(description: MachineDescription): Generator<CpuIds> {
  const { online, present, cores, dies, caches, packages, numaNodes } = description;
  yield online;
  yield present ?? online;
  yield* cores;
  for (const parts of [dies, caches, packages, numaNodes ?? []]) {
    for (const { cpus } of parts) yield cpus;
  }
}

/** Every CPU that the description names. */
function namedCpus(description: MachineDescription): CpuIds {
  let highest = -1;
  for (const cpus of setsOf(description)) highest = Math.max(highest, cpus.at(-1) ?? -1);
  const isNamed = new Uint8Array(highest + 1);
  for (const cpus of setsOf(description)) for (const cpu of cpus) isNamed[cpu] = 1;
  return markedCpus(isNamed);
}

/** With nr_cpu_ids CPUs, as the kernel's parameter of that name: those above go, those missing come. */
function withNrCpuIds(reported: CpuIds | null, present: CpuIds, nrCpuIds: number): CpuIds {
  const highest = present.at(-1) ?? 0;
  if (highest >= nrCpuIds) {
    throw new InputError(
      `--nr-cpu-ids ${nrCpuIds}: CPU ${highest} is there; expected ${highest + 1} to ${HIGHEST_CPU_ID + 1}`,
    );
  }
  if (reported === null) return cpuRange(0, nrCpuIds);
  const kept = reported.filter((cpu) => cpu < nrCpuIds);
  return unionOf([kept, cpuRange((reported.at(-1) ?? -1) + 1, nrCpuIds)]);
}

/**
 * The possible CPUs: as reported, else those that the description names; or as many as the user says.
 * @throws InputError where the user says fewer than there are.
 */
function possibleCpus(description: MachineDescription, nrCpuIds: number | null): CpuIds {
  const { possible, present, online } = description;
  const named = possible ?? namedCpus(description);
  if (nrCpuIds === null) return named;
  return withNrCpuIds(possible, possible === null ? named : (present ?? online), nrCpuIds);
}

interface SettledNodes {
  readonly nodes: readonly NumaNode[];
  readonly remarks: readonly string[];
}

const plural = (cpus: CpuIds) => (cpus.length === 1 ? 'CPU' : 'CPUs');

/** For each CPU the lowest id of the nodes that have it, −1 where none has. */
function ownersOf(nodes: readonly NumaNode[]): Int32Array {
  const highest = nodes.reduce((high, { cpus }) => Math.max(high, cpus.at(-1) ?? -1), -1);
  const owner = new Int32Array(highest + 1).fill(-1);
  const descending = [...nodes].sort((a, b) => b.id - a.id);
  for (const { id, cpus } of descending) for (const cpu of cpus) owner[cpu] = id;
  return owner;
}

/** A CPU that is in several nodes (hwloc's memory-only nodes have their locality) is on the lowest. */
function withoutOverlaps(nodes: readonly NumaNode[]): SettledNodes {
  const owner = ownersOf(nodes);
  const remarks: string[] = [];
  const settled = nodes.map((node) => {
    const own = node.cpus.filter((cpu) => owner[cpu] === node.id);
    if (own.length === node.cpus.length) return node;
    const shared = node.cpus.filter((cpu) => owner[cpu] !== node.id);
    const lower = Array.from(new Set(shared.map((cpu) => owner[cpu]!))).sort((a, b) => a - b);
    const others = `node${lower.length === 1 ? '' : 's'} ${lower.join(', ')}`;
    remarks.push(
      `${plural(shared)} ${formatCpulist(shared)} of node ${node.id} ${shared.length === 1 ? 'is' : 'are'} in ${others} too: counted there, the lowest id`,
    );
    return { ...node, cpus: own };
  });
  return { nodes: settled, remarks };
}

/**
 * The nodes with every on-line CPU in exactly one of them. One that is in none counts on the first
 * node, as slot 0 does for it in kernel/batches.ts.
 */
function settleNodes(
  nodes: readonly NumaNode[],
  online: CpuIds,
  hidesNodes: boolean,
): SettledNodes {
  const { nodes: disjoint, remarks } = withoutOverlaps(nodes);
  if (disjoint.length === 0) return { nodes: disjoint, remarks };
  const owner = ownersOf(disjoint);
  const homeless = online.filter((cpu) => (owner[cpu] ?? -1) === -1);
  if (homeless.length === 0) return { nodes: disjoint, remarks };
  const first = disjoint.reduce((lowest, node) => (node.id < lowest.id ? node : lowest));
  return {
    nodes: disjoint.map((node) =>
      node === first ? { ...node, cpus: unionOf([node.cpus, homeless]) } : node,
    ),
    remarks: [
      ...remarks,
      `on-line ${plural(homeless)} ${formatCpulist(homeless)} ${homeless.length === 1 ? 'is' : 'are'} in no NUMA node: counted on node ${first.id}, the first${hidesNodes ? '' : ', as the kernel does'}`,
    ],
  };
}

/** Nothing is cut off, and no set is empty: they can stay as they are, for there may be a million. */
function isWhole(sets: CpuSets, nrCpuIds: number | null): boolean {
  let empty = 0;
  sets.forEach(({ length }) => {
    if (length === 0) empty += 1;
  });
  return nrCpuIds === null && empty === 0;
}

/** Groups that leave an on-line CPU out report the machine's only in part: all of them are left out. */
function completeOrNone<G extends { readonly length: number }>(
  groups: G,
  sets: CpuSets,
  online: CpuIds,
  what: string,
  remarks: string[],
): G | [] {
  if (groups.length === 0) return groups;
  const covered = new Uint8Array((online.at(-1) ?? -1) + 1);
  sets.forEach((cpus) => {
    for (const cpu of cpus) covered[cpu] = 1;
  });
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

/** One line on all that neither form nor user reports, and what is taken where something must be. */
function missingRemark(
  { form, missing, pageSize }: MachineDescription,
  possibleTaken: CpuIds | null,
): string[] {
  const keys = new Set<Missing>(missing);
  if (possibleTaken === null) keys.delete('possible');
  else keys.add('possible');
  if (pageSize === null) keys.add('pageSize');
  if (keys.size === 0) return [];
  const taken = [
    ...(possibleTaken === null
      ? []
      : [
          `possible CPUs as those named (nr_cpu_ids ${(possibleTaken.at(-1) ?? 0) + 1}; topology import --nr-cpu-ids sets it)`,
        ]),
    ...(pageSize === null ? [`pages as ${DEFAULT_PAGE_SIZE / KIB} KiB`] : []),
  ];
  const rest = taken.length === 0 ? '' : `; taken: ${taken.join(', ')}`;
  const words = Array.from(keys, (key) => MISSING[key]);
  return [`${form}, which does not tell ${orList(words)}${rest}`];
}

/**
 * A topology's document without what its description did not report: canonical as the normal form,
 * but for defaults and empty lists, which are left out.
 */
export function reportedDocument(topology: Topology, reported: ReportedKeys): TopologyDocument {
  const { pageSize, cpus, cores, caches, packages, ...rest } = topologyDocument(topology);
  const { name, description, source, ...parts } = rest;
  return {
    name,
    ...(description === undefined ? {} : { description }),
    ...(source === undefined ? {} : { source }),
    ...(reported.pageSize ? { pageSize } : {}),
    cpus: {
      possible: cpus.possible,
      ...(reported.present ? { present: cpus.present } : {}),
      ...(reported.online ? { online: cpus.online } : {}),
    },
    ...(cores?.length ? { cores } : {}),
    ...(caches?.length ? { caches } : {}),
    ...(packages?.length ? { packages } : {}),
    ...parts,
  };
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
  // What the user's nr_cpu_ids cuts off is no contradiction; anything else the rules find.
  const kept = (cpus: CpuIds) =>
    nrCpuIds === null ? cpus : cpus.filter((cpu) => isPossible[cpu] === 1);
  const cut = <T extends { readonly cpus: CpuIds }>(groups: List<T>): readonly T[] =>
    groups.map((group) => ({ ...group, cpus: kept(group.cpus) }));
  const keptOf = <T extends { readonly cpus: CpuIds }>(groups: List<T>): List<T> =>
    isWhole(setsIn(groups), nrCpuIds) ? groups : cut(groups).filter(({ cpus }) => cpus.length > 0);

  const remarks: string[] = [...description.remarks];
  const nodes = settleNodes(cut(description.numaNodes ?? []), online, description.hidesNodes);
  remarks.push(...nodes.remarks);
  const packages = keptOf(description.packages);
  const cores = isWhole(description.cores, nrCpuIds)
    ? description.cores
    : description.cores.map(kept).filter((cpus) => cpus.length > 0);
  const topology = demandSound({
    name,
    description: '',
    source: `imported from ${form}`,
    pageSize: pageSize ?? DEFAULT_PAGE_SIZE,
    nrCpuIds: isPossible.length,
    possible,
    present: present ?? possible,
    online,
    cores: completeOrNone(cores, cores, online, 'cores', remarks),
    caches: keptOf(description.caches),
    packages: completeOrNone(packages, setsIn(packages), online, 'packages', remarks),
    dies: keptOf(description.dies),
    numaNodes: nodes.nodes,
    distances: description.distances,
  });
  const possibleTaken = description.possible === null && nrCpuIds === null ? possible : null;
  return {
    topology,
    reported: { pageSize: pageSize !== null, present: present !== null, online: true },
    remarks: [...missingRemark(description, possibleTaken), ...remarks],
  };
}
