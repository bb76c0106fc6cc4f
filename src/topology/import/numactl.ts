/** What `numactl --hardware` prints: nodes with their CPUs, memory and distances. */
import { InputError, quote, within } from '../../errors.ts';
import { type NumberedLine, numberedLines, trimmed } from '../../input/text-lines.ts';
import { HIGHEST_NODE_ID } from '../../kernel/nr-cpus.ts';
import { type CpuIds, parseCpulist } from '../cpulist.ts';
import type { NumaNode } from '../topology.ts';
import { cpuBudget, describe, type MachineDescription, missingOf, unionOf } from './description.ts';
import { refuseTorn, tornList, unendedLine } from './torn.ts';

/** A CPU is on one node; some kernels have overlapping ones. */
const KINDS_OF_LISTS = 2;

/** 1,024 nodes take four lines each, and more where a mailer wraps them. */
const MOST_LINES = 100_000;

/** ACPI's distances are bytes, and those below 10 have no meaning (ACPI 6.5, 5.2.17). */
const LONGEST_DISTANCE = 255;
const SHORTEST_DISTANCE = 10;

const at = ({ number }: NumberedLine, words: string) => new InputError(`line ${number}: ${words}`);

/** "0 1 2", "0-3,8" and mixtures: people shorten lists when they mail them. */
function cpusOf(line: NumberedLine, list: string): CpuIds {
  return within(`line ${line.number}`, () => parseCpulist(list.trim(), null, true));
}

interface WrittenNode {
  readonly line: NumberedLine;
  readonly id: number;
  list: string;
  /** Where the list goes on, if a mailer has wrapped it. */
  wrapped: NumberedLine | null;
  /** The last line of the list. */
  end: NumberedLine;
  memoryMiB?: number;
}

const numbersIn = (list: string) => (list.match(/\d+/g) ?? []).map(Number);

const TORN = 'expected lists that are broken between numbers, as numactl --hardware prints them';

/** numactl lists CPUs in ascending order: around a line break within a number they are in no order. */
function demandWhole({ list }: WrittenNode, line: NumberedLine): void {
  const around = [...numbersIn(list).slice(-2), ...numbersIn(line.text).slice(0, 1)];
  if (around.every((cpu, i) => i === 0 || cpu > around[i - 1]!)) return;
  throw at(
    line,
    `CPU ${around.at(-1)} comes after ${around.slice(0, -1).join(' ')}, so that a number may be torn: ${TORN}`,
  );
}

/** Some kernels' nodes share CPUs; those of a list that is broken were other numbers. */
function demandApart(nodes: readonly NumaNode[], written: readonly WrittenNode[]): void {
  written.forEach(({ id, wrapped }, i) => {
    if (wrapped === null) return;
    const own = new Set(nodes[i]!.cpus);
    for (const other of nodes) {
      const shared = other.id === id ? undefined : other.cpus.find((cpu) => own.has(cpu));
      if (shared === undefined) continue;
      throw at(
        wrapped,
        `CPU ${shared} of node ${id} is in node ${other.id} too, so that a number may be torn: ${TORN}`,
      );
    }
  });
}

/** Nodes in their order; a list that a mailer has wrapped goes on in lines of numbers. */
function nodesOf(lines: readonly NumberedLine[]): WrittenNode[] {
  const nodes: WrittenNode[] = [];
  let open: WrittenNode | null = null;
  for (const line of lines) {
    const [, digits = '', what, rest = ''] =
      /^node (\d{1,10}) (cpus|size|free):(.*)$/.exec(line.text) ?? [];
    if (open !== null && /^[\d\s,-]+$/.test(line.text)) {
      demandWhole(open, line);
      open.list += ` ${line.text}`;
      open.wrapped ??= line;
      open.end = line;
    } else open = null;
    if (what === undefined) continue;
    const id = Number(digits);
    if (id > HIGHEST_NODE_ID) throw at(line, `node ${digits}: expected 0 to ${HIGHEST_NODE_ID}`);
    const node = nodes.find((other) => other.id === id);
    if (what === 'cpus') {
      if (node !== undefined) throw at(line, `node ${id} is there twice`);
      open = { line, id, list: rest, wrapped: null, end: line };
      nodes.push(open);
    } else if (what === 'size' && node !== undefined) {
      const mib = /^\s*(\d{1,15}) MB$/.exec(rest)?.[1];
      if (mib !== undefined) node.memoryMiB = Number(mib);
    }
  }
  return nodes;
}

/** The matrix below "node distances:", in the order of the nodes. */
function distancesOf(lines: readonly NumberedLine[], nodes: readonly WrittenNode[]): number[][] {
  const start = lines.findIndex(({ text }) => text === 'node distances:');
  if (start < 0) return [];
  const below = lines.slice(start + 1).filter(({ text }) => text !== '');
  const [head] = below;
  const columns = /^node((?:\s+\d+)+)$/
    .exec(head?.text ?? '')?.[1]
    ?.trim()
    .split(/\s+/)
    .map(Number);
  if (head === undefined || columns === undefined) {
    throw at(lines[start]!, 'the distances have no line of node numbers below');
  }
  const rows = new Map<number, number[]>();
  const unended = unendedLine(lines);
  for (const line of below.slice(1)) {
    const [, id = '', values = ''] = /^(\d+):((?:\s+\d+)+)$/.exec(line.text) ?? [];
    if (id === '') continue;
    const row = values.trim().split(/\s+/).map(Number);
    const far = row.find((distance) => distance > LONGEST_DISTANCE);
    if (far !== undefined)
      throw at(line, `a distance of ${far}: expected 0 to ${LONGEST_DISTANCE}`);
    if (row.length !== columns.length) {
      throw at(line, `${row.length} distances: expected ${columns.length}, one a node`);
    }
    if (line === unended && row.at(-1)! < SHORTEST_DISTANCE) {
      refuseTorn(`line ${line.number}`, `a distance of ${row.at(-1)} may be cut off`);
    }
    rows.set(Number(id), row);
  }
  return nodes.map(({ id, line }) => {
    const row = rows.get(id);
    if (row === undefined) throw at(head, `no distances from node ${id}`);
    return nodes.map((other) => {
      const distance = row[columns.indexOf(other.id)];
      if (distance === undefined) throw at(line, `no distance from node ${id} to ${other.id}`);
      return distance;
    });
  });
}

const COUNT = /^available: *(\d{1,10}) nodes?\b/;

/** "available: 3 nodes (0-1,8)" counts the nodes below: fewer of them are a text that is cut off. */
function demandAll(lines: readonly NumberedLine[], nodes: readonly WrittenNode[]): void {
  for (const line of lines) {
    const said = COUNT.exec(line.text)?.[1];
    if (said !== undefined && Number(said) !== nodes.length) {
      throw at(line, `${said} nodes are said, but the CPUs of ${nodes.length} given`);
    }
  }
}

const isAscending = (ids: readonly number[]) => ids.every((id, i) => i === 0 || id > ids[i - 1]!);

/** A last line without an end: behind its list each node has a line of its size, unless all are left out. */
function demandEnded(
  lines: readonly NumberedLine[],
  nodes: readonly NumaNode[],
  written: readonly WrittenNode[],
): void {
  const line = unendedLine(lines);
  const last = written.at(-1);
  if (line === null || last?.memoryMiB !== undefined) return;
  const isCounted = lines.some(({ text }) => COUNT.test(text));
  const isAlone = nodes.length === 1 && isCounted;
  if (isAlone || nodes.some(({ memoryMiB }) => memoryMiB !== undefined)) {
    refuseTorn(`line ${line.number}`, 'the size of the last node is not there');
  }
  if (last?.end !== line) return;
  const lists = nodes.map(({ cpus }) => cpus);
  const why = isAscending(numbersIn(last.list))
    ? tornList(lists, lists.length - 1, null)
    : 'its numbers are in no order';
  if (why !== null) refuseTorn(`line ${line.number}`, why);
}

/** @throws InputError with the line at fault. */
export function describeNumactl(text: string): MachineDescription {
  const lines = numberedLines(text, MOST_LINES, 'those of numactl').map(trimmed);
  const without = lines.find((line) => line.text.startsWith('No NUMA available'));
  if (without !== undefined) {
    throw at(without, `${quote(without.text)} tells no CPUs: give lscpu -e -J`);
  }
  const written = nodesOf(lines);
  demandAll(lines, written);
  const demandFew = cpuBudget(KINDS_OF_LISTS);
  const numaNodes = written.map(({ line, id, list, memoryMiB }): NumaNode => {
    const cpus = cpusOf(line, list);
    demandFew(cpus, `line ${line.number}`);
    return { id, cpus, ...(memoryMiB === undefined ? {} : { memoryMiB }) };
  });
  demandApart(numaNodes, written);
  demandEnded(lines, numaNodes, written);
  const online = unionOf(numaNodes.map(({ cpus }) => cpus));
  if (online.length === 0) {
    throw new InputError('no node has CPUs: expected lines such as "node 0 cpus: 0 1 2 3"');
  }
  const distances = distancesOf(lines, written);
  return describe({
    form: 'numactl --hardware',
    online,
    numaNodes,
    distances,
    missing: ['possible', 'offline', 'cores', 'caches', 'packages', ...missingOf({ distances })],
  });
}
