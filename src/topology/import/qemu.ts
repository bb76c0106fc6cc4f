/** A Linux guest's machine from QEMU's -smp and -numa. */

import { InputError, quote } from '../../errors.ts';
import { HIGHEST_NODE_ID, MAX_NR_CPU_IDS } from '../../kernel/nr-cpus.ts';
import { suggestion } from '../../suggestion.ts';
import { MIB } from '../../units.ts';
import { type CpuIds, formatCpulist } from '../cpulist.ts';
import type { NumaNode } from '../topology.ts';
import { cpuRange, describe, type MachineDescription, missingOf } from './description.ts';

/** "8,sockets=2": values by key, in their order; a value without a key has "". */
export interface QemuOption {
  readonly option: string;
  readonly words: readonly (readonly [key: string, value: string])[];
}

export interface QemuWords {
  readonly smp: QemuOption | null;
  readonly numa: readonly QemuOption[];
}

/** Of a longer option messages quote the beginning. */
const LONGEST_QUOTED = 80;

function optionOf(option: string, text: string): QemuOption {
  const whole = `${option} ${text}`;
  return {
    option: whole.length > LONGEST_QUOTED ? `${whole.slice(0, LONGEST_QUOTED)}…` : whole,
    words: text.split(',').map((word): [string, string] => {
      const equals = word.indexOf('=');
      return equals < 0 ? ['', word] : [word.slice(0, equals), word.slice(equals + 1)];
    }),
  };
}

/** @throws InputError where an option has no value, or -smp is there twice. */
export function qemuWords(text: string): QemuWords {
  // A shell's continued lines and quotes around an option's words.
  const words = text
    .replaceAll(/\\\r?\n/g, ' ')
    .split(/\s+/)
    .map((word) => word.replaceAll(/["']/g, ''))
    .filter((word) => word !== '');
  const found: { option: string; value: string }[] = [];
  words.forEach((word, i) => {
    const [, option = '', , attached] = /^-{1,2}(smp|numa)(=(.*))?$/.exec(word) ?? [];
    if (option === '') return;
    const value = attached ?? words[i + 1];
    if (value === undefined || value.startsWith('-')) {
      throw new InputError(
        `-${option} has no value: expected one such as ${option === 'smp' ? '8,sockets=2' : 'node,cpus=0-3'}`,
      );
    }
    found.push({ option, value });
  });
  const first = words[0] ?? '';
  if (found.length === 0 && words.length === 1) found.push({ option: 'smp', value: first });
  if (found.length === 0) {
    throw new InputError(
      `${quote(text.trim().slice(0, 40))} has no -smp: expected words such as -smp 8,sockets=2`,
    );
  }
  const smp = found.filter(({ option }) => option === 'smp');
  if (smp.length > 1) throw new InputError('-smp is there twice: expected it once');
  return {
    smp: smp[0] === undefined ? null : optionOf('-smp', smp[0].value),
    numa: found
      .filter(({ option }) => option === 'numa')
      .map(({ value }) => optionOf('-numa', value)),
  };
}

/** Levels from the machine inwards; CPUs are numbered depth first. */
export const SMP_LEVELS = [
  'drawers',
  'books',
  'sockets',
  'dies',
  'clusters',
  'modules',
  'cores',
  'threads',
] as const;

export type SmpLevel = (typeof SMP_LEVELS)[number];

export interface Smp {
  /** CPUs at the start: 0 … cpus − 1 are there. */
  readonly cpus: number;
  /** CPUs that there may be. */
  readonly maxcpus: number;
  /** How many of each level are in one of the level above. */
  readonly counts: Readonly<Record<SmpLevel, number>>;
  /** Levels that the option names. */
  readonly named: ReadonlySet<string>;
}

type Written = Partial<Record<SmpLevel | 'cpus' | 'maxcpus', number>>;

const KEYS: readonly (SmpLevel | 'cpus' | 'maxcpus')[] = ['cpus', 'maxcpus', ...SMP_LEVELS];

function writtenOf({ option, words }: QemuOption): Written {
  const written: Written = {};
  words.forEach(([word, value], i) => {
    const key = KEYS.find((known) => known === (word === '' && i === 0 ? 'cpus' : word));
    if (key === undefined) {
      const what = word === '' ? value : word;
      throw new InputError(`${option}: ${quote(what)} is unknown: ${suggestion(what, KEYS)}`);
    }
    if (written[key] !== undefined) throw new InputError(`${option}: ${key} is there twice`);
    const count = /^\d{1,7}$/.test(value) ? Number(value) : 0;
    if (count < 1 || count > MAX_NR_CPU_IDS) {
      throw new InputError(
        `${option}: ${key} is ${quote(value)}: expected a whole number from 1 to ${MAX_NR_CPU_IDS}`,
      );
    }
    written[key] = count;
  });
  return written;
}

const productOf = (counts: readonly number[]) =>
  counts.reduce((product, count) => product * count, 1);

/** Cores before sockets before threads, which is what machine types have done since QEMU 6.2. */
function completedSmp(written: Written): Record<SmpLevel, number> {
  const maxcpus = written.maxcpus ?? written.cpus;
  const one = (level: SmpLevel) => written[level] ?? 1;
  const outer = productOf((['drawers', 'books', 'dies', 'clusters', 'modules'] as const).map(one));
  let { sockets, cores, threads } = written;
  if (maxcpus !== undefined && cores === undefined) {
    sockets ??= 1;
    threads ??= 1;
    cores = Math.floor(maxcpus / (outer * sockets * threads));
  } else if (maxcpus !== undefined && sockets === undefined) {
    threads ??= 1;
    sockets = Math.floor(maxcpus / (outer * (cores ?? 1) * threads));
  } else if (maxcpus !== undefined && threads === undefined) {
    threads = Math.floor(maxcpus / (outer * (sockets ?? 1) * (cores ?? 1)));
  }
  return {
    drawers: one('drawers'),
    books: one('books'),
    sockets: sockets ?? 1,
    dies: one('dies'),
    clusters: one('clusters'),
    modules: one('modules'),
    cores: cores ?? 1,
    threads: threads ?? 1,
  };
}

/** @throws InputError where the levels do not make up maxcpus, which QEMU refuses too. */
export function smpOf(option: QemuOption): Smp {
  const written = writtenOf(option);
  const counts = completedSmp(written);
  const total = productOf(Object.values(counts));
  const maxcpus = written.maxcpus ?? written.cpus ?? total;
  if (total !== maxcpus) {
    const product = SMP_LEVELS.filter((level) => level in written || counts[level] !== 1)
      .map((level) => `${level} ${counts[level]}`)
      .join(' * ');
    throw new InputError(`${option.option}: ${product} = ${total}: expected maxcpus, ${maxcpus}`);
  }
  if (maxcpus > MAX_NR_CPU_IDS) {
    throw new InputError(`${option.option}: ${maxcpus} CPUs: expected at most ${MAX_NR_CPU_IDS}`);
  }
  const cpus = written.cpus ?? maxcpus;
  if (cpus > maxcpus) {
    throw new InputError(`${option.option}: cpus is ${cpus}: expected at most maxcpus, ${maxcpus}`);
  }
  return { cpus, maxcpus, counts, named: new Set(Object.keys(written)) };
}

export interface QemuNuma {
  /** Null where there is no -numa. */
  readonly nodes: readonly NumaNode[] | null;
  readonly distances: readonly (readonly number[])[];
  /** What was settled, a sentence each. */
  readonly remarks: readonly string[];
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
  const [, digits = '', unit = ''] = /^(\d{1,9})([MGT])?$/i.exec(text) ?? [];
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
  readonly remarks: readonly string[];
}

/**
 * Where no CPU is given a node, sockets take turns (x86 and Arm machine types); where some are, the
 * others go to node 0 (hw/core/machine.c, machine_numa_finish_cpu_init()).
 */
function completedNodes(given: Int32Array, { counts }: Smp, nodeCount: number): Placed {
  if (given.every((node) => node === -1)) {
    const { dies, clusters, modules, cores, threads } = counts;
    const perSocket = dies * clusters * modules * cores * threads;
    const remarks =
      nodeCount === 1
        ? []
        : ['no CPU is given a node: sockets are dealt out to them in turn, as QEMU does'];
    return { nodeOf: given.map((_, cpu) => Math.floor(cpu / perSocket) % nodeCount), remarks };
  }
  const left = Int32Array.from(given.keys()).filter((cpu) => given[cpu] === -1);
  const remarks =
    left.length === 0
      ? []
      : [`-numa gives no node to CPU ${formatCpulist(left)}: put in node 0, as QEMU does`];
  return { nodeOf: given.map((node) => Math.max(0, node)), remarks };
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
    return { nodes: null, distances: [], remarks: [] };
  }
  const ids = Array.from(nodes.keys()).sort((a, b) => a - b);
  const missing = ids.findIndex((id, place) => id !== place);
  if (missing >= 0)
    throw new InputError(`-numa: node ${missing} is missing: ids are 0, 1, 2 and so on`);
  const placed = completedNodes(nodeOf, smp, ids.length);
  return {
    nodes: ids.map((id) => {
      const cpus: number[] = [];
      placed.nodeOf.forEach((node, cpu) => {
        if (node === id) cpus.push(cpu);
      });
      return { id, cpus: Int32Array.from(cpus), ...nodes.get(id) };
    }),
    distances: distancesOf(dist, ids.length),
    remarks: placed.remarks,
  };
}

const LONGEST_NAME = 60;

/** The option itself, unless it cannot stand in a table. */
function nameOf(option: string): string | null {
  return /^[ -~]+$/.test(option) && option.length <= LONGEST_NAME ? option : null;
}

/** The CPUs of each object of a level: CPUs are numbered depth first. */
function groupsOf({ counts, maxcpus }: Smp, level: SmpLevel): CpuIds[] {
  const inner = SMP_LEVELS.slice(SMP_LEVELS.indexOf(level) + 1);
  const each = inner.reduce((product, name) => product * counts[name], 1);
  return Array.from({ length: maxcpus / each }, (_, i) => cpuRange(i * each, (i + 1) * each));
}

/**
 * CPUs 0 … cpus − 1 are present and on-line, those up to maxcpus possible, as a guest sees them.
 * @throws InputError that names the option at fault.
 */
export function describeQemu(text: string): MachineDescription {
  const { smp: smpOption, numa: numaOptions } = qemuWords(text);
  if (smpOption === null) throw new InputError('there is no -smp: expected one, such as -smp 8');
  const smp = smpOf(smpOption);
  const { nodes, distances, remarks } = numaOf(numaOptions, smp);
  const present = cpuRange(0, smp.cpus);
  const { dies: diesPerSocket } = smp.counts;
  return describe({
    form: 'QEMU -smp',
    name: nameOf(smpOption.option),
    possible: cpuRange(0, smp.maxcpus),
    present,
    online: present,
    cores: groupsOf(smp, 'cores'),
    dies: smp.named.has('dies')
      ? groupsOf(smp, 'dies').map((cpus, i) => ({
          packageId: Math.floor(i / diesPerSocket),
          id: i % diesPerSocket,
          cpus,
        }))
      : [],
    packages: groupsOf(smp, 'sockets').map((cpus, id) => ({ id, cpus })),
    numaNodes: nodes,
    distances,
    missing: ['caches', ...missingOf({ numa: nodes })],
    remarks,
  });
}
