/** A machine from the rows of a table of lscpu, whatever its columns: what all such forms have in common. */

import { InputError, quote } from '../../errors.ts';
import { HIGHEST_CPU_ID, HIGHEST_NODE_ID } from '../../kernel/nr-cpus.ts';
import { type CpuIds, formatCpulist } from '../cpulist.ts';
import type { CacheGroup, NumaNode, Package } from '../topology.ts';
import {
  byLevelAndCpu,
  byLowestCpu,
  cpusByKey,
  describe,
  type MachineDescription,
  missingOf,
} from './description.ts';

/** Of lscpu -p without its comments: an empty column stands before the caches in its own list alone. */
export const BARE_ROW = /^\d{1,7}(?:,\d{1,7}){2},\d{0,4},(?:,\d{1,7}){3,4}$/;

/** A table as its text has it. */
interface LscpuTable {
  /** Names of the columns in lower case; an unnamed one is "". */
  readonly header: readonly string[];
  readonly rows: readonly LscpuCells[];
}

export interface LscpuCells {
  /** Where it stands, for messages: "line 5", "cpus[4]". */
  readonly place: string;
  /** As many as the header has; null where there is no value. */
  readonly cells: readonly (string | null)[];
}

interface LscpuRow {
  readonly place: string;
  readonly cpu: number;
  /** As lscpu prints it in whatever language; null where there is no column ONLINE. */
  readonly online: string | null;
  readonly node: number | null;
  readonly core: number | null;
  readonly socket: number | null;
  /** Drawer and book, of which mainframes have several with sockets numbered alike; "/" elsewhere. */
  readonly book: string;
  /** Of an IBM Z mainframe, which alone has such columns filled in. */
  readonly isMainframe: boolean;
  /** MODELNAME, which lscpu has since 2.39 or so: it numbers the cores of each model from 0. */
  readonly model: string;
  /** An id for each cache that the header names; null where the CPU has none. */
  readonly caches: readonly (number | null)[];
}

/** Rows of a table: Linux is built for 8,192 CPUs at most (arch/x86/Kconfig, NR_CPUS_RANGE_END). */
export const MOST_ROWS = 32_768;

const CACHE = /^l\d[di]?(?::l\d[di]?)*$/;

const YES = /^(?:y|yes|true|1)$/i;
const NO = /^(?:n|no|false|0)$/i;

const MAINFRAME = ['drawer', 'book', 'polarization'];

const HIGHEST_ID = 2 ** 31 - 1;

/** The caches that a header names, in its order: ["l1d", "l1i", "l2", "l3"]. */
function cacheNames(header: readonly string[]): readonly string[] {
  return header.filter((name) => CACHE.test(name)).flatMap((name) => name.split(':'));
}

function idOf(place: string, what: string, cell: string | null, highest: number): number | null {
  if (cell === null) return null;
  const id = Number(cell);
  if (/^\d+$/.test(cell) && id <= highest) return id;
  throw new InputError(
    `${place}: ${what.toUpperCase()} is ${quote(cell)}; expected a number from 0 to ${highest}`,
  );
}

/** "0:0:0:1" in one cell, where those missing are the last, or a cell for each. */
function cacheIds(
  place: string,
  names: readonly string[],
  cells: readonly (string | null)[],
): readonly (number | null)[] {
  const parts = cells.flatMap((cell) => cell?.split(':') ?? (cells.length > 1 ? [null] : []));
  if (parts.length > names.length) {
    throw new InputError(`${place}: ${parts.length} caches; expected ${names.length}`);
  }
  return names.map((name, i) => {
    const part = parts[i];
    return idOf(place, name, part === undefined || part === '' ? null : part, HIGHEST_ID);
  });
}

/**
 * Reads rows of a table; columns that do not describe the machine are passed over.
 * @throws InputError "PLACE: …" with column and value, and where there is no column CPU.
 */
function readLscpuRows({ header, rows }: LscpuTable): readonly LscpuRow[] {
  if (rows.length > MOST_ROWS) {
    throw new InputError(`${rows.length} rows; expected ${MOST_ROWS} at most`);
  }
  if (!header.includes('cpu')) {
    throw new InputError('no column CPU; expected lscpu to be asked for it');
  }
  const names = cacheNames(header);
  const cacheColumns = header.flatMap((name, i) => (CACHE.test(name) ? [i] : []));
  return rows.map(({ place, cells }) => {
    const cell = (column: string) => cells[header.indexOf(column)] ?? null;
    const id = (column: string, highest: number) => idOf(place, column, cell(column), highest);
    const cpu = id('cpu', HIGHEST_CPU_ID);
    if (cpu === null) throw new InputError(`${place}: no number of a CPU`);
    const caches = cacheColumns.map((i) => cells[i] ?? null);
    return {
      place,
      cpu,
      online: cell('online'),
      node: id('node', HIGHEST_NODE_ID),
      core: id('core', HIGHEST_ID),
      socket: id('socket', HIGHEST_ID),
      book: `${cell('drawer') ?? ''}/${cell('book') ?? ''}`,
      isMainframe: MAINFRAME.some((column) => cell(column) !== null),
      model: cell('modelname') ?? '',
      caches: cacheIds(place, names, caches),
    };
  });
}

const cpusOf = (rows: readonly LscpuRow[]) => Int32Array.from(rows, ({ cpu }) => cpu).sort();

function grouped<Key>(rows: readonly LscpuRow[], keyOf: (row: LscpuRow) => Key | null) {
  return cpusByKey(rows, ({ cpu }) => cpu, keyOf);
}

/** The level of a cache that holds data: "l1d" is of level 1; null for "l1i". */
function levelOf(name: string): number | null {
  return name.endsWith('i') ? null : Number(name.charAt(1));
}

const LOWEST_LEVEL = 1;
const HIGHEST_LEVEL = 5;

/** CPUs with the same id in the column of a cache share it. */
function cachesOf(rows: readonly LscpuRow[], names: readonly string[]): readonly CacheGroup[] {
  const levels = names.map(levelOf);
  return names
    .flatMap((_, i) => {
      const level = levels[i] ?? null;
      if (level === null || levels.indexOf(level) !== i) return [];
      if (level < LOWEST_LEVEL || level > HIGHEST_LEVEL) return [];
      const groups = grouped(rows, ({ caches }) => caches[i] ?? null);
      return [...groups.values()].map((cpus) => ({ level, cpus }));
    })
    .toSorted(byLevelAndCpu);
}

/**
 * CPUs with the same number in CORE, of the same socket. lscpu numbers the cores of each CPU model
 * from 0 (util-linux 2.38, lscpu-topology.c), with -y those of each die: CPUs that share no first cache
 * are not of one core. Of instructions, where it is told: AMD's family 15h has one of data for each
 * thread. On mainframes all caches are numbered by the thread, and say nothing.
 */
function coresOf(
  rows: readonly LscpuRow[],
  names: readonly string[],
  remarks: string[],
): readonly CpuIds[] {
  const first = names.findIndex((name) => levelOf(name) === LOWEST_LEVEL);
  const instructions = names.indexOf('l1i');
  const numberOf = ({ core, socket, book }: LscpuRow) =>
    core === null ? null : `${book}/${socket}/${core}`;
  const keyOf = (row: LscpuRow) => {
    const number = numberOf(row);
    if (number === null || row.isMainframe) return number;
    return `${number}/${row.caches[instructions] ?? row.caches[first] ?? ''}/${row.model}`;
  };
  const found = grouped(rows, keyOf);
  if (found.size > grouped(rows, numberOf).size) {
    remarks.push(
      'some cores have the same number but their own L1 cache or model: they are kept apart, for lscpu numbers the cores of each model from 0',
    );
  }
  return [...found.values()].toSorted(byLowestCpu);
}

/** By the numbers in SOCKET, which are lscpu's own: 0, 1, … (with -y physical_package_id). */
function packagesOf(rows: readonly LscpuRow[], remarks: string[]): readonly Package[] {
  const sockets = grouped(rows, ({ socket, book }) =>
    socket === null ? null : `${book}/${socket}`,
  );
  const found = [...sockets].map(([key, cpus]) => ({
    id: Number(key.slice(key.lastIndexOf('/') + 1)),
    cpus,
  }));
  if (new Set(found.map(({ id }) => id)).size === found.length) {
    return found.toSorted((a, b) => a.id - b.id);
  }
  remarks.push('sockets of several books have the same number: packages are numbered anew');
  return found.map(({ cpus }, id) => ({ id, cpus }));
}

/** By the numbers in NODE, which are Linux's. Null where no CPU has one. */
function nodesOf(rows: readonly LscpuRow[]): readonly NumaNode[] | null {
  const nodes = grouped(rows, ({ node }) => node);
  if (nodes.size === 0) return null;
  return [...nodes].map(([id, cpus]) => ({ id, cpus })).toSorted((a, b) => a.id - b.id);
}

/** Says whose last caches the table leaves out. */
function remarkFewerCaches(rows: readonly LscpuRow[], remarks: string[]): void {
  const fewer = rows.filter(({ caches }) => caches.at(-1) === null && caches[0] !== null);
  if (fewer.length === 0 || fewer.length === rows.length) return;
  remarks.push(
    `where a CPU has fewer caches than the table has columns, those of the highest levels are taken as missing: ${formatCpulist(cpusOf(fewer))}`,
  );
}

const hasPlace = ({ core, socket, caches }: LscpuRow) =>
  [core, socket, ...caches].some((id) => id !== null);

const hasNode = ({ node }: LscpuRow) => node !== null;

/** What ONLINE says: in another language, on-line is what those CPUs are that have a core or cache. */
function isOnlineBy(rows: readonly LscpuRow[], remarks: string[]): (row: LscpuRow) => boolean {
  const known = new Map<string, boolean>();
  for (const row of rows) {
    const word = row.online;
    if (word === null || YES.test(word) || NO.test(word)) continue;
    const before = known.get(word);
    if (!rows.some(hasPlace) || (before !== undefined && before !== hasPlace(row))) {
      throw new InputError(
        `${row.place}: ONLINE is ${quote(word)}; expected yes or no (LC_ALL=C keeps lscpu from translating)`,
      );
    }
    if (before === undefined) {
      known.set(word, hasPlace(row));
      remarks.push(`ONLINE ${quote(word)} is taken as ${hasPlace(row) ? 'yes' : 'no'}`);
    }
  }
  return ({ online }) => online !== null && (known.get(online) ?? YES.test(online));
}

/** Linux reports no core, socket or cache of a CPU that is off-line, and seldom a node. */
function onlineRows(rows: readonly LscpuRow[], remarks: string[]): readonly LscpuRow[] {
  if (rows.some(({ online }) => online !== null)) return rows.filter(isOnlineBy(rows, remarks));
  const [isKnown, what] = rows.some(hasPlace)
    ? [hasPlace, 'core, socket and cache']
    : [hasNode, 'a node'];
  const online = rows.filter(isKnown);
  if (online.length === 0 || online.length === rows.length) return rows;
  const offline = cpusOf(rows.filter((row) => !isKnown(row)));
  remarks.push(`CPUs without ${what} are taken as off-line: ${formatCpulist(offline)}`);
  return online;
}

function demandEachOnce(rows: readonly LscpuRow[]): void {
  const seen = new Map<number, string>();
  for (const { cpu, place } of rows) {
    const other = seen.get(cpu);
    if (other !== undefined) {
      throw new InputError(`${place}: CPU ${cpu} has been on ${other} already`);
    }
    seen.set(cpu, place);
  }
}

/**
 * What a table reports of the machine. `listsAll`: off-line CPUs would be in it (`lscpu -e`, not `-p`).
 * Possible CPUs, dies, distances, memory and page size are in no table of lscpu.
 * @throws InputError "PLACE: …" where a row cannot be read, and where no CPU is on-line.
 */
export function describeLscpuRows(
  form: string,
  table: LscpuTable,
  listsAll: boolean,
): MachineDescription {
  const rows = readLscpuRows(table);
  demandEachOnce(rows);
  const remarks: string[] = [];
  const online = onlineRows(rows, remarks);
  if (online.length === 0) {
    throw new InputError('no row of an on-line CPU; expected at least one');
  }
  const names = cacheNames(table.header);
  const cores = coresOf(online, names, remarks);
  const packages = packagesOf(online, remarks);
  const caches = cachesOf(online, names);
  if (caches.length > 0) remarkFewerCaches(online, remarks);
  const numaNodes = nodesOf(rows);
  const present = listsAll || online.length < rows.length ? cpusOf(rows) : null;
  return describe({
    form,
    present,
    online: cpusOf(online),
    cores,
    caches,
    packages,
    numaNodes,
    missing: [
      ...missingOf({ offline: present, cores, packages, dies: null, caches, nodes: numaNodes }),
      ...(numaNodes === null ? [] : (['memoryNodes', 'memory'] as const)),
      ...((numaNodes?.length ?? 0) > 1 ? (['distances'] as const) : []),
    ],
    remarks,
  });
}
