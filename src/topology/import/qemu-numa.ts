/** The nodes and distances of -numa, as QEMU takes them (hw/core/numa.c). */
import { InputError, quote } from '../../errors.ts';
import { HIGHEST_NODE_ID } from '../../kernel/nr-cpus.ts';
import { MIB } from '../../units.ts';
import { formatCpulist } from '../cpulist.ts';
import type { NumaNode } from '../topology.ts';
import { SMP_LEVELS, type Smp } from './qemu-smp.ts';
import type { QemuOption } from './qemu-words.ts';

export interface QemuNuma {
  /** Null where there is no -numa. */
  readonly nodes: readonly NumaNode[] | null;
  readonly distances: readonly (readonly number[])[];
  /** What was settled, a sentence each. */
  readonly resolved: readonly string[];
}

interface Node {
  memoryMiB?: number;
}

function numberOf(option: string, key: string, text: string, highest: number): number {
  const value = /^\d{1,10}$/.test(text) ? Number(text) : Number.NaN;
  if (!(value <= highest)) {
    throw new InputError(
      `${option}: ${key} is ${quote(text)}: expected a whole number from 0 to ${highest}`,
    );
  }
  return value;
}

const UNITS: Readonly<Record<string, number>> = {
  '': MIB,
  M: MIB,
  G: 1024 * MIB,
  T: 1024 * 1024 * MIB,
};

/** "mem=4G"; without a unit in MiB. */
function memoryMiB(option: string, text: string): number {
  const [, digits = '', unit = ''] = /^(\d{1,10})([MGT])?$/i.exec(text) ?? [];
  if (digits === '') {
    throw new InputError(`${option}: mem is ${quote(text)}: expected a size such as 4G`);
  }
  return (Number(digits) * UNITS[unit.toUpperCase()]!) / MIB;
}

/** "-numa node,nodeid=1,cpus=0-3,cpus=8": the CPUs go to the node. */
function readNode(
  { option, words }: QemuOption,
  nodes: Map<number, Node>,
  nodeOf: Int32Array,
): void {
  const value = (wanted: string) => words.find(([key]) => key === wanted)?.[1];
  const idText = value('nodeid');
  const id =
    idText === undefined ? nodes.size : numberOf(option, 'nodeid', idText, HIGHEST_NODE_ID);
  if (nodes.has(id)) throw new InputError(`${option}: node ${id} is there twice`);
  const memory = value('mem');
  nodes.set(id, memory === undefined ? {} : { memoryMiB: memoryMiB(option, memory) });
  for (const [, range] of words.filter(([key]) => key === 'cpus')) {
    const [low = '', high = low] = range.split('-');
    const last = numberOf(option, 'cpus', high, nodeOf.length - 1);
    const first = numberOf(option, 'cpus', low, last);
    for (let cpu = first; cpu <= last; cpu++) {
      if (nodeOf[cpu] !== -1) {
        throw new InputError(`${option}: CPU ${cpu} is in node ${nodeOf[cpu]} too`);
      }
      nodeOf[cpu] = id;
    }
  }
}

/** The word of -numa cpu for each level of -smp. */
const ID_KEYS = SMP_LEVELS.map((level) => `${level === 'dies' ? 'die' : level.slice(0, -1)}-id`);

/** "-numa cpu,node-id=0,socket-id=1": every CPU with these numbers goes to the node. */
function readCpu(
  { option, words }: QemuOption,
  { counts }: Smp,
  nodes: ReadonlyMap<number, Node>,
  nodeOf: Int32Array,
): void {
  const wanted = new Map<number, number>();
  let id = -1;
  for (const [key, text] of words.slice(1)) {
    const level = ID_KEYS.indexOf(key);
    if (key === 'node-id') id = numberOf(option, key, text, HIGHEST_NODE_ID);
    else if (level < 0) throw new InputError(`${option}: ${quote(key)} is unknown`);
    else wanted.set(level, numberOf(option, key, text, counts[SMP_LEVELS[level]!] - 1));
  }
  if (!nodes.has(id)) throw new InputError(`${option}: expected node-id of a -numa node`);
  if (wanted.size === 0) throw new InputError(`${option}: expected a CPU, such as socket-id=0`);
  for (let cpu = 0; cpu < nodeOf.length; cpu++) {
    let rest = cpu;
    let matches = true;
    for (let level = SMP_LEVELS.length - 1; level >= 0; level--) {
      const count = counts[SMP_LEVELS[level]!];
      matches &&= (wanted.get(level) ?? rest % count) === rest % count;
      rest = Math.floor(rest / count);
    }
    if (matches) nodeOf[cpu] = id;
  }
}

/** Local distances are 10; one that is given for one direction holds for both. */
function distancesOf(options: readonly QemuOption[], count: number): number[][] {
  if (options.length === 0) return [];
  const given = Array.from({ length: count }, () => new Array<number>(count).fill(0));
  for (const { option, words } of options) {
    const value = (wanted: string, highest: number) =>
      numberOf(option, wanted, words.find(([key]) => key === wanted)?.[1] ?? '', highest);
    given[value('src', count - 1)]![value('dst', count - 1)] = value('val', 255);
  }
  return given.map((row, from) =>
    row.map((distance, to) => {
      if (from === to) return distance === 0 ? 10 : distance;
      const known = distance === 0 ? given[to]![from]! : distance;
      if (known === 0) {
        throw new InputError(`-numa dist: no distance between nodes ${from} and ${to}`);
      }
      return known;
    }),
  );
}

interface Placed {
  readonly nodeOf: Int32Array;
  readonly resolved: readonly string[];
}

/**
 * Where no CPU is given a node, sockets take turns (x86 and Arm machine types); where some are, the
 * others go to node 0 (hw/core/machine.c, machine_numa_finish_cpu_init()).
 */
function completed(given: Int32Array, { counts }: Smp, nodeCount: number): Placed {
  if (given.every((node) => node === -1)) {
    const { dies, clusters, modules, cores, threads } = counts;
    const perSocket = dies * clusters * modules * cores * threads;
    const resolved =
      nodeCount === 1
        ? []
        : ['no CPU is given a node: sockets are dealt out to them in turn, as QEMU does'];
    return { nodeOf: given.map((_, cpu) => Math.floor(cpu / perSocket) % nodeCount), resolved };
  }
  const left = Int32Array.from(given.keys()).filter((cpu) => given[cpu] === -1);
  const resolved =
    left.length === 0
      ? []
      : [`-numa gives no node to CPU ${formatCpulist(left)}: put in node 0, as QEMU does`];
  return { nodeOf: given.map((node) => Math.max(0, node)), resolved };
}

/** @throws InputError that names the option. */
export function numaOf(options: readonly QemuOption[], smp: Smp): QemuNuma {
  const kind = ({ words }: QemuOption) => words[0]?.[1];
  const nodes = new Map<number, Node>();
  const nodeOf = new Int32Array(smp.maxcpus).fill(-1);
  for (const option of options) {
    if (kind(option) === 'node') readNode(option, nodes, nodeOf);
    else if (kind(option) === 'cpu') readCpu(option, smp, nodes, nodeOf);
    else if (!['dist', 'hmat-lb', 'hmat-cache'].includes(kind(option) ?? '')) {
      throw new InputError(
        `${option.option}: expected node, cpu, dist, hmat-lb or hmat-cache first`,
      );
    }
  }
  const dist = options.filter((option) => kind(option) === 'dist');
  if (nodes.size === 0) {
    if (options.length > 0)
      throw new InputError(`${options[0]!.option}: expected -numa node first`);
    return { nodes: null, distances: [], resolved: [] };
  }
  const ids = Array.from(nodes.keys()).sort((a, b) => a - b);
  const missing = ids.findIndex((id, place) => id !== place);
  if (missing >= 0)
    throw new InputError(`-numa: node ${missing} is missing: ids are 0, 1, 2 and so on`);
  const placed = completed(nodeOf, smp, ids.length);
  return {
    nodes: ids.map((id) => {
      const cpus: number[] = [];
      placed.nodeOf.forEach((node, cpu) => {
        if (node === id) cpus.push(cpu);
      });
      return { id, cpus: Int32Array.from(cpus), ...nodes.get(id) };
    }),
    distances: distancesOf(dist, ids.length),
    resolved: placed.resolved,
  };
}
