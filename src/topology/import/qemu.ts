/** A Linux guest's machine from QEMU's -smp, -numa and the CPUs of -device. */
import { InputError, quote } from '../../errors.ts';
import { HIGHEST_NODE_ID, MAX_NR_CPU_IDS } from '../../kernel/nr-cpus.ts';
import { suggestion } from '../../suggestion.ts';
import { MIB } from '../../units.ts';
import { type CpuSets, listFrom, setsByKey, setsOfSize } from '../cpu-sets.ts';
import { type CpuIds, formatCpulist } from '../cpulist.ts';
import type { NumaNode } from '../topology.ts';
import {
  byLowestCpu,
  cpuRange,
  describe,
  type MachineDescription,
  missingOf,
} from './description.ts';

/** "8,sockets=2": values by key, in their order; a value without a key has "". */
interface Option {
  /** As messages quote it. */
  readonly option: string;
  readonly words: readonly (readonly [key: string, value: string])[];
}

interface Options {
  readonly smp: Option;
  readonly numa: readonly Option[];
  readonly devices: readonly Option[];
}

/** Of a longer option messages quote the beginning. */
const LONGEST_QUOTED = 80;

const EXAMPLE = { smp: '8,sockets=2', numa: 'node,cpus=0-3', device: 'host-x86_64-cpu,core-id=1' };

const wordOf = ({ words }: Option, wanted: string) => words.find(([key]) => key === wanted)?.[1];

/** libvirt gives -device as JSON, of which the quotes are gone here: "{driver:host-cpu,core-id:1}". */
function optionOf(option: string, text: string): Option {
  const whole = `${option} ${text}`;
  const [list, sign] = text.startsWith('{') ? [text.replaceAll(/[{}]/g, ''), ':'] : [text, '='];
  return {
    option: whole.length > LONGEST_QUOTED ? `${whole.slice(0, LONGEST_QUOTED)}…` : whole,
    words: list.split(',').map((word): [string, string] => {
      const at = word.indexOf(sign);
      return at < 0 ? ['', word] : [word.slice(0, at), word.slice(at + 1)];
    }),
  };
}

/** @throws InputError where an option has no value, or -smp is there twice or not at all. */
function optionsOf(text: string): Options {
  // A shell's continued lines and quotes around an option's words.
  const words = text
    .replaceAll(/\\\r?\n/g, ' ')
    .split(/\s+/)
    .map((word) => word.replaceAll(/["']/g, ''))
    .filter((word) => word !== '');
  const found: Record<keyof typeof EXAMPLE, string[]> = { smp: [], numa: [], device: [] };
  words.forEach((word, i) => {
    const [, name, , attached] = /^-{1,2}(smp|numa|device)(=(.*))?$/.exec(word) ?? [];
    if (name === undefined) return;
    const key = name as keyof typeof EXAMPLE;
    const value = attached ?? words[i + 1];
    if (value === undefined || value.startsWith('-')) {
      throw new InputError(`-${key} has no value: expected one such as ${EXAMPLE[key]}`);
    }
    found[key].push(value);
  });
  if (found.smp.length + found.numa.length === 0) {
    if (words.length > 1) {
      throw new InputError(
        `${quote(text.trim().slice(0, 40))} has no -smp: expected words such as -smp 8,sockets=2`,
      );
    }
    found.smp.push(words[0] ?? '');
  }
  const [smp, second] = found.smp;
  if (second !== undefined) throw new InputError('-smp is there twice: expected it once');
  if (smp === undefined) throw new InputError('there is no -smp: expected one, such as -smp 8');
  return {
    smp: optionOf('-smp', smp),
    numa: found.numa.map((value) => optionOf('-numa', value)),
    devices: found.device
      .map((value) => optionOf('-device', value))
      .filter((device) => CPU_DEVICE.test(driverOf(device))),
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

type SmpLevel = (typeof SMP_LEVELS)[number];

interface Smp {
  /** CPUs at the start: the first of all that there may be. */
  readonly cpus: number;
  /** CPUs that there may be. */
  readonly maxcpus: number;
  /** How many of each level are in one of the level above. */
  readonly counts: Readonly<Record<SmpLevel, number>>;
  readonly namesDies: boolean;
}

type Written = Partial<Record<SmpLevel | 'cpus' | 'maxcpus', number>>;

const KEYS: readonly (SmpLevel | 'cpus' | 'maxcpus')[] = ['cpus', 'maxcpus', ...SMP_LEVELS];

function numberOf(
  { option }: Option,
  key: string,
  text: string,
  lowest: number,
  highest: number,
): number {
  const value = /^\d{1,10}$/.test(text) ? Number(text) : Number.NaN;
  if (value >= lowest && value <= highest) return value;
  throw new InputError(
    `${option}: ${key} is ${quote(text)}: expected a whole number from ${lowest} to ${highest}`,
  );
}

function writtenOf(smp: Option): Written {
  const { option, words } = smp;
  const written: Written = {};
  words.forEach(([word, value], i) => {
    const key = KEYS.find((known) => known === (word === '' && i === 0 ? 'cpus' : word));
    if (key === undefined) {
      const what = word === '' ? value : word;
      throw new InputError(`${option}: ${quote(what)} is unknown: ${suggestion(what, KEYS)}`);
    }
    if (written[key] !== undefined) throw new InputError(`${option}: ${key} is there twice`);
    written[key] = numberOf(smp, key, value, 1, MAX_NR_CPU_IDS);
  });
  return written;
}

const productOf = (counts: readonly number[]) =>
  counts.reduce((product, count) => product * count, 1);

/**
 * What is left out, as QEMU computes it since 6.2 (hw/core/machine-smp.c): cores before sockets before
 * threads.
 */
function countsOf(written: Written): Record<SmpLevel, number> {
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
function smpOf(smp: Option): Smp {
  const { option } = smp;
  const written = writtenOf(smp);
  const counts = countsOf(written);
  const total = productOf(Object.values(counts));
  const maxcpus = written.maxcpus ?? written.cpus ?? total;
  if (total !== maxcpus) {
    const product = SMP_LEVELS.filter((level) => level in written || counts[level] !== 1)
      .map((level) => `${level} ${counts[level]}`)
      .join(' * ');
    throw new InputError(`${option}: ${product} = ${total}: expected maxcpus, ${maxcpus}`);
  }
  if (maxcpus > MAX_NR_CPU_IDS) {
    throw new InputError(`${option}: ${maxcpus} CPUs: expected at most ${MAX_NR_CPU_IDS}`);
  }
  const cpus = written.cpus ?? maxcpus;
  if (cpus > maxcpus) {
    throw new InputError(`${option}: cpus is ${cpus}: expected at most maxcpus, ${maxcpus}`);
  }
  return { cpus, maxcpus, counts, namesDies: written.dies !== undefined };
}

/** CPUs of one object of a level. */
function sizeOf(level: SmpLevel, { counts }: Smp): number {
  return productOf(SMP_LEVELS.slice(SMP_LEVELS.indexOf(level) + 1).map((name) => counts[name]));
}

/** The key of -numa cpu and -device for each level of -smp: "die-id". */
const ID_KEYS = SMP_LEVELS.map((level) => `${level === 'dies' ? 'die' : level.slice(0, -1)}-id`);

/** "host-x86_64-cpu", and of POWER, where a core comes as a whole, "host-spapr-cpu-core". */
const CPU_DEVICE = /-cpu(?:-core)?$/;

const driverOf = (device: Option) =>
  device.words[0]?.[0] === '' ? device.words[0][1] : (wordOf(device, 'driver') ?? '');

/**
 * The places, in QEMU's order, of the CPUs that a -device adds. On s390x and POWER core-id counts over
 * the whole machine (docs/system/s390x/cpu-topology.rst; hw/ppc/spapr_cpu_core.c).
 */
function placesOf(device: Option, smp: Smp): readonly number[] {
  const driver = driverOf(device);
  const isCore = driver.endsWith('-core');
  if (isCore || driver.includes('s390')) {
    const first = numberOf(device, 'core-id', wordOf(device, 'core-id') ?? '', 0, smp.maxcpus - 1);
    const threads = isCore ? smp.counts.threads : 1;
    return Array.from({ length: threads }, (_, i) => first - (first % threads) + i);
  }
  const place = SMP_LEVELS.reduce((outer, level, i) => {
    const count = smp.counts[level];
    const id = wordOf(device, ID_KEYS[i]!) ?? (count === 1 ? '0' : '');
    return outer * count + numberOf(device, ID_KEYS[i]!, id, 0, count - 1);
  }, 0);
  return [place];
}

/**
 * Linux's number of each of QEMU's CPUs: those that are there come first, in QEMU's order (x86's
 * topology_register_apic(), s390's __smp_rescan_cpus()); `present` is how many.
 */
function numbersOf(smp: Smp, devices: readonly Option[]): { numbers: CpuIds; present: number } {
  const isThere = new Uint8Array(smp.maxcpus).fill(1, 0, smp.cpus);
  for (const device of devices) {
    for (const place of placesOf(device, smp)) {
      if (isThere[place] === 1) throw new InputError(`${device.option}: that CPU is there already`);
      isThere[place] = 1;
    }
  }
  const present = isThere.reduce((sum, there) => sum + there, 0);
  let [there, absent] = [0, present];
  const numbers = new Int32Array(smp.maxcpus).map((_, i) =>
    isThere[i] === 1 ? there++ : absent++,
  );
  return { numbers, present };
}

/** Of -numa node, by id; mem is in MiB without a unit. */
type Nodes = Map<number, Pick<NumaNode, 'memoryMiB'>>;

const UNITS: Readonly<Record<string, number>> = {
  '': MIB,
  M: MIB,
  G: 1024 * MIB,
  T: 1024 * 1024 * MIB,
};

function memoryMiB({ option }: Option, text: string): number {
  const [, digits = '', unit = ''] = /^(\d{1,9})([MGT])?$/i.exec(text) ?? [];
  if (digits === '') {
    throw new InputError(`${option}: mem is ${quote(text)}: expected a size such as 4G`);
  }
  return (Number(digits) * UNITS[unit.toUpperCase()]!) / MIB;
}

/** "-numa node,nodeid=1,cpus=0-3,cpus=8": the CPUs go to the node. */
function readNode(numa: Option, nodes: Nodes, nodeOf: Int32Array): void {
  const idText = wordOf(numa, 'nodeid');
  const id =
    idText === undefined ? nodes.size : numberOf(numa, 'nodeid', idText, 0, HIGHEST_NODE_ID);
  if (nodes.has(id)) throw new InputError(`${numa.option}: node ${id} is there twice`);
  const memory = wordOf(numa, 'mem');
  nodes.set(id, memory === undefined ? {} : { memoryMiB: memoryMiB(numa, memory) });
  for (const [, range] of numa.words.filter(([key]) => key === 'cpus')) {
    const [low = '', high = low] = range.split('-');
    const last = numberOf(numa, 'cpus', high, 0, nodeOf.length - 1);
    const first = numberOf(numa, 'cpus', low, 0, last);
    for (let cpu = first; cpu <= last; cpu++) {
      if (nodeOf[cpu] !== -1) {
        throw new InputError(`${numa.option}: CPU ${cpu} is in node ${nodeOf[cpu]} too`);
      }
      nodeOf[cpu] = id;
    }
  }
}

/** "-numa cpu,node-id=0,socket-id=1": every CPU with these numbers goes to the node. */
function readCpu(numa: Option, { counts }: Smp, nodes: Nodes, nodeOf: Int32Array): void {
  const wanted = new Map<number, number>();
  let id = -1;
  for (const [key, text] of numa.words.slice(1)) {
    const level = ID_KEYS.indexOf(key);
    if (key === 'node-id') id = numberOf(numa, key, text, 0, HIGHEST_NODE_ID);
    else if (level < 0) throw new InputError(`${numa.option}: ${quote(key)} is unknown`);
    else wanted.set(level, numberOf(numa, key, text, 0, counts[SMP_LEVELS[level]!] - 1));
  }
  if (!nodes.has(id)) throw new InputError(`${numa.option}: expected node-id of a -numa node`);
  if (wanted.size === 0) {
    throw new InputError(`${numa.option}: expected a CPU, such as socket-id=0`);
  }
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
function distancesOf(options: readonly Option[], count: number): number[][] {
  if (options.length === 0) return [];
  const given = Array.from({ length: count }, () => new Array<number>(count).fill(0));
  for (const dist of options) {
    const value = (key: string, highest: number) =>
      numberOf(dist, key, wordOf(dist, key) ?? '', 0, highest);
    given[value('src', count - 1)]![value('dst', count - 1)] = value('val', 255);
  }
  return given.map((row, from) =>
    row.map((distance, to) => {
      if (from === to) return distance === 0 ? 10 : distance;
      const known = distance === 0 ? given[to]![from]! : distance;
      if (known !== 0) return known;
      throw new InputError(`-numa dist: no distance between nodes ${from} and ${to}`);
    }),
  );
}

/**
 * Where no CPU is given a node, sockets take turns (x86 and Arm machine types); where some are, the
 * others go to node 0 (hw/core/machine.c, machine_numa_finish_cpu_init()).
 */
function completed(given: Int32Array, smp: Smp, nodeCount: number, remarks: string[]): Int32Array {
  if (given.every((node) => node === -1)) {
    const perSocket = sizeOf('sockets', smp);
    if (nodeCount > 1) {
      remarks.push('no CPU is given a node: sockets are dealt out to them in turn, as QEMU does');
    }
    return given.map((_, cpu) => Math.floor(cpu / perSocket) % nodeCount);
  }
  const left = Int32Array.from(given.keys()).filter((cpu) => given[cpu] === -1);
  if (left.length > 0) {
    remarks.push(`-numa gives no node to CPU ${formatCpulist(left)}: put in node 0, as QEMU does`);
  }
  return given.map((node) => Math.max(0, node));
}

/** Nodes and distances, as QEMU takes them (hw/core/numa.c); `numbers` are Linux's. */
function numaOf(
  options: readonly Option[],
  smp: Smp,
  numbers: CpuIds,
  remarks: string[],
): Pick<MachineDescription, 'numaNodes' | 'distances'> {
  const kind = ({ words }: Option) => words[0]?.[1];
  const nodes: Nodes = new Map();
  const given = new Int32Array(smp.maxcpus).fill(-1);
  for (const numa of options) {
    if (kind(numa) === 'node') readNode(numa, nodes, given);
    else if (kind(numa) === 'cpu') readCpu(numa, smp, nodes, given);
    else if (!['dist', 'hmat-lb', 'hmat-cache'].includes(kind(numa) ?? '')) {
      throw new InputError(`${numa.option}: expected node, cpu, dist, hmat-lb or hmat-cache first`);
    }
  }
  if (nodes.size === 0) {
    if (options.length === 0) return { numaNodes: null, distances: [] };
    throw new InputError(`${options[0]!.option}: expected -numa node first`);
  }
  const ids = Array.from(nodes.keys()).sort((a, b) => a - b);
  const missing = ids.findIndex((id, place) => id !== place);
  if (missing >= 0) {
    throw new InputError(`-numa: node ${missing} is missing: ids are 0, 1, 2 and so on`);
  }
  const nodeOf = completed(given, smp, ids.length, remarks);
  const places = setsByKey(cpuRange(0, smp.maxcpus), (place) => nodeOf[place]!, ids.length);
  const numbersAt = (own: CpuIds) => own.map((place) => numbers[place]!).sort();
  return {
    numaNodes: ids.map((id) => ({
      id,
      cpus: numbersAt(places.at(id)!),
      ...nodes.get(id),
    })),
    distances: distancesOf(
      options.filter((numa) => kind(numa) === 'dist'),
      ids.length,
    ),
  };
}

const LONGEST_NAME = 60;

/** The option itself, unless it cannot stand in a table. */
function nameOf({ option }: Option): string | null {
  return /^[ -~]+$/.test(option) && option.length <= LONGEST_NAME ? option : null;
}

/**
 * CPUs 0 … cpus − 1 are present and on-line, those up to maxcpus possible, as a guest sees them.
 * @throws InputError that names the option at fault.
 */
export function describeQemu(text: string): MachineDescription {
  const options = optionsOf(text);
  const smp = smpOf(options.smp);
  const { numbers, present } = numbersOf(smp, options.devices);
  const bySize = new Map<number, CpuSets>();
  const groupsOf = (level: SmpLevel): CpuSets => {
    const size = sizeOf(level, smp);
    const groups = bySize.get(size) ?? setsOfSize(numbers, size);
    bySize.set(size, groups);
    return groups;
  };
  const cores = groupsOf('cores');
  const online = cpuRange(0, present);
  const { dies: diesPerSocket } = smp.counts;
  const remarks: string[] = [];
  const numa = numaOf(options.numa, smp, numbers, remarks);
  return describe({
    form: 'QEMU -smp',
    name: nameOf(options.smp),
    possible: cpuRange(0, smp.maxcpus),
    present: online,
    online,
    // Without devices they are in order; a million are no list in memory.
    cores: options.devices.length === 0 ? cores : [...cores].sort(byLowestCpu),
    dies: smp.namesDies
      ? listFrom(groupsOf('dies'), (cpus, i) => ({
          packageId: Math.floor(i / diesPerSocket),
          id: i % diesPerSocket,
          cpus,
        }))
      : [],
    packages: listFrom(groupsOf('sockets'), (cpus, id) => ({ id, cpus })),
    ...numa,
    missing: ['caches', ...missingOf({ numa: numa.numaNodes })],
    remarks,
  });
}
