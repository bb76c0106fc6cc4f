/** A machine from lscpu's summary: of all its lines only the lists of CPUs say which, not how many. */

import { InputError, quote, within } from '../../errors.ts';
import { numberedLines } from '../../input/text-lines.ts';
import { HIGHEST_NODE_ID } from '../../kernel/nr-cpus.ts';
import { type CpuSets, setsOfSize } from '../cpu-sets.ts';
import { type CpuIds, formatCpulist, parseCpulist } from '../cpulist.ts';
import type { NumaNode } from '../topology.ts';
import {
  cpuBudget,
  describe,
  type MachineDescription,
  missingOf,
  TELLS_CORES,
  unionOf,
} from './description.ts';
import { objectsAt, parseLscpuJson } from './lscpu-json.ts';
import { parseCpumask } from './sysfs-tree.ts';
import { refuseTorn, tornList, unendedLine } from './torn.ts';

/** A line of the summary: hybrids have several with one label, a set of them for each model. */
interface LscpuField {
  /** Without its colon. */
  readonly label: string;
  readonly value: string;
  /** Where it stands, for messages: "line 6", "lscpu[5]". */
  readonly place: string;
}

/** A CPU is on one node; some kernels have overlapping ones. */
const KINDS_OF_LISTS = 2;

const NODE_LABEL = /^NUMA node(\d+) CPU\(s\)$/;
const LIST_LABEL = /^O(?:n|ff)-line CPU\(s\) (?:list|mask)$/;

const DIGITS_A_WORD = 8;

/** `lscpu -x`: one hexadecimal number, with "0x" before it in some versions. */
function parseHexadecimal(text: string): CpuIds {
  const digits = text.trim().replace(/^0x/i, '').replaceAll(',', '');
  const words: string[] = [];
  for (let end = digits.length; end > 0; end -= DIGITS_A_WORD) {
    words.unshift(digits.slice(Math.max(0, end - DIGITS_A_WORD), end));
  }
  return words.length === 0 ? new Int32Array(0) : parseCpumask(words.join(','));
}

function parseAt({ label, value, place }: LscpuField, parse: (text: string) => CpuIds): CpuIds {
  return within(`${place}, ${label}`, () => parse(value));
}

/** The field of that label. @throws InputError where there are two. */
function only(fields: readonly LscpuField[], label: string): LscpuField | undefined {
  const [first, second] = fields.filter((field) => field.label === label);
  if (second === undefined) return first;
  throw new InputError(`${second.place}: a second ${quote(label)}; expected one machine's summary`);
}

interface Lists {
  readonly online: CpuIds;
  readonly offline: CpuIds;
  /** Whether off-line CPUs would be said. */
  readonly isWhole: boolean;
  readonly parse: (text: string) => CpuIds;
}

/** `lscpu | grep NUMA` has lists of nodes alone: their CPUs are on-line. */
function cpuLists(fields: readonly LscpuField[]): Lists {
  const list = only(fields, 'On-line CPU(s) list');
  const mask = only(fields, 'On-line CPU(s) mask');
  const nodes = fields.filter(({ label }) => NODE_LABEL.test(label));
  const field = list ?? mask ?? nodes[0];
  if (field === undefined) {
    throw new InputError(
      'no line "On-line CPU(s) list:"; expected lscpu\'s summary in English, as LC_ALL=C lscpu prints it',
    );
  }
  const isMask = list === undefined && (mask !== undefined || field.value.startsWith('0x'));
  const parse = isMask ? parseHexadecimal : parseCpulist;
  const off = only(fields, `Off-line CPU(s) ${isMask ? 'mask' : 'list'}`);
  const online =
    list === undefined && mask === undefined
      ? unionOf(nodes.map((node) => parseAt(node, parse)))
      : parseAt(field, parse);
  if (online.length === 0) {
    throw new InputError(`${field.place}: ${field.label} is empty; expected at least one CPU`);
  }
  const isWhole = list !== undefined || mask !== undefined;
  const offline = off === undefined ? new Int32Array(0) : parseAt(off, parse);
  return { online, offline, isWhole, parse };
}

/** Null where lscpu found no NUMA. A node without CPUs has an empty list. */
function nodesOf(fields: readonly LscpuField[], { parse }: Lists): readonly NumaNode[] | null {
  const ids = new Set<number>();
  const demandFew = cpuBudget(KINDS_OF_LISTS);
  const nodes = fields.flatMap((field): NumaNode[] => {
    const digits = NODE_LABEL.exec(field.label)?.[1];
    if (digits === undefined) return [];
    const id = Number(digits);
    if (id > HIGHEST_NODE_ID) {
      throw new InputError(
        `${field.place}: the highest NUMA node there can be is ${HIGHEST_NODE_ID}`,
      );
    }
    if (ids.has(id)) throw new InputError(`${field.place}: a second list for NUMA node ${id}`);
    ids.add(id);
    const cpus = parseAt(field, parse);
    demandFew(cpus, field.place);
    return [{ id, cpus }];
  });
  const count = only(fields, 'NUMA node(s)');
  if (count !== undefined && count.value !== `${nodes.length}`) {
    throw new InputError(
      `${count.place}: ${quote(count.value)} NUMA nodes, but ${nodes.length} with a list of CPUs; is the text cut off?`,
    );
  }
  return nodes.length === 0 ? null : nodes.toSorted((a, b) => a.id - b.id);
}

/** lscpu counts the present CPUs first of all: in words, where its lists name others. */
function miscounted(fields: readonly LscpuField[], present: CpuIds): string | null {
  const count = fields.find(({ label }) => label === 'CPU(s)');
  if (count === undefined || count.value === `${present.length}`) return null;
  return `CPU(s) is ${/^\d{1,12}$/.test(count.value) ? count.value : quote(count.value)}, but the lists name ${present.length}`;
}

/** The one number behind a label; null where there is none, or several as on hybrids. */
function countOf(fields: readonly LscpuField[], label: string): number | null {
  const [only, second] = fields.filter((field) => field.label === label);
  return second === undefined && /^\d{1,7}$/.test(only?.value ?? '') ? Number(only?.value) : null;
}

const THREADS = 'Thread(s) per core';

/**
 * A core for each CPU where no core has a second thread: every CPU is on-line, and the counts of cores
 * and sockets, of one model, say the same. More threads say not whose sibling a CPU is.
 */
function coresOf(fields: readonly LscpuField[], { online, offline, isWhole }: Lists): CpuSets {
  const [threads, each, sockets] = [THREADS, 'Core(s) per socket', 'Socket(s)'].map((label) =>
    countOf(fields, label),
  );
  const isSame = threads === 1 && (each ?? 0) * (sockets ?? 0) === online.length;
  if (!isWhole || offline.length > 0 || !isSame) return [];
  return setsOfSize(online, 1);
}

function threadsRemark(fields: readonly LscpuField[]): readonly string[] {
  const threads = countOf(fields, THREADS) ?? 1;
  if (threads < 2) return [];
  return [`${THREADS} is ${threads}, but not which CPUs are siblings: ${TELLS_CORES}`];
}

/**
 * What a summary tells of the machine. Threads per core above 1, cores per socket and instances of caches
 * are counts, of hybrids one model's: they do not say which CPUs, and are not used.
 * @throws InputError with the place of what cannot be read.
 */
function describeLscpuSummary(form: string, fields: readonly LscpuField[]): MachineDescription {
  const lists = cpuLists(fields);
  const { online, offline } = lists;
  const isOnline = new Set(online);
  const both = offline.find((cpu) => isOnline.has(cpu));
  if (both !== undefined) {
    throw new InputError(
      `CPU ${both} is in the lists of on-line and off-line CPUs, ${formatCpulist(offline)}`,
    );
  }
  const present = lists.isWhole ? unionOf([online, offline]) : null;
  const nodes = nodesOf(fields, lists);
  const cores = coresOf(fields, lists);
  const miscount = miscounted(fields, present ?? online);
  const has = (label: RegExp) => fields.some((field) => label.test(field.label));
  return describe({
    form,
    present,
    online,
    cores,
    numaNodes: nodes,
    missing: [
      ...missingOf({ offline: present, cores }),
      has(/^Socket\(s\)$/) ? 'packagesOf' : 'packages',
      'dies',
      has(/^L\d\w? cache$/) ? 'cachesOf' : 'caches',
      nodes === null ? 'nodes' : 'memory',
      ...((nodes?.length ?? 0) > 1 ? (['distances'] as const) : []),
    ],
    remarks: [
      ...(miscount === null ? [] : [`${miscount}: the lists count`]),
      ...threadsRemark(fields),
    ],
  });
}

/** A summary has some fifty lines. */
const MOST_LINES = 10_000;

/** On a terminal lscpu breaks long values anywhere, as fold does, and indents what belongs to a section. */
const CONTINUATION = /^\s*([0-9,:/-]+)\s*$/;

/** @throws InputError where the last of all lines is a list of CPUs that may be cut off. */
function demandWholeList(
  fields: readonly LscpuField[],
  { present, online, numaNodes }: MachineDescription,
): void {
  const { label, place } = fields.at(-1)!;
  const id = NODE_LABEL.exec(label)?.[1];
  if (id === undefined && !LIST_LABEL.test(label)) return;
  const nodes = numaNodes ?? [];
  const node = nodes.findIndex((one) => one.id === Number(id));
  const lists = nodes.map(({ cpus }) => cpus);
  const why =
    miscounted(fields, present ?? online) ??
    (node === -1 ? null : tornList(lists, node, present === null ? null : online));
  if (why !== null) refuseTorn(place, why);
}

/**
 * What the summary tells: on-line and off-line CPUs, NUMA nodes and their CPUs.
 * @throws InputError with the line of what cannot be read.
 */
export function describeLscpuText(text: string): MachineDescription {
  const fields: LscpuField[] = [];
  const lines = numberedLines(text, MOST_LINES, 'those of lscpu');
  for (const { number, text: line } of lines) {
    const more = CONTINUATION.exec(line)?.[1];
    const last = fields.at(-1);
    const colon = line.indexOf(':');
    if (more !== undefined && last !== undefined) {
      fields[fields.length - 1] = { ...last, value: last.value + more };
    } else if (colon !== -1) {
      const label = line.slice(0, colon).trim();
      fields.push({ label, value: line.slice(colon + 1).trim(), place: `line ${number}` });
    }
  }
  const description = describeLscpuSummary('lscpu', fields);
  if (unendedLine(lines) !== null) demandWholeList(fields, description);
  return description;
}

type JsonObject = Readonly<Record<string, unknown>>;

/** Sections stand within sections (--hierarchic, util-linux after 2.38), a few deep. */
const DEEPEST = 16;

function textOf(data: unknown, path: string): string {
  if (data === null || data === undefined) return '';
  if (typeof data === 'string' || typeof data === 'number') return String(data);
  throw new InputError(`${path}.data is ${quote(data)}; expected a string`);
}

function fieldsOf(objects: readonly JsonObject[], path: string, depth: number): LscpuField[] {
  if (depth > DEEPEST) throw new InputError(`${path}: sections nested deeper than ${DEEPEST}`);
  return objects.flatMap((object, i) => {
    const place = `${path}[${i}]`;
    const { field, data, children } = object;
    if (typeof field !== 'string') {
      throw new InputError(`${place}.field is ${quote(field ?? null)}; expected a string`);
    }
    const own = { label: field.trim().replace(/:$/, ''), value: textOf(data, place), place };
    if (children === undefined) return [own];
    const nested = `${place}.children`;
    return [own, ...fieldsOf(objectsAt(children, nested), nested, depth + 1)];
  });
}

/**
 * What the summary tells: on-line and off-line CPUs, NUMA nodes and their CPUs.
 * @throws InputError with line and column of what is malformed, or the JSON path of a value.
 */
export function describeLscpuJson(text: string): MachineDescription {
  return describeLscpuSummary('lscpu -J', fieldsOf(parseLscpuJson(text, 'lscpu'), 'lscpu', 1));
}
