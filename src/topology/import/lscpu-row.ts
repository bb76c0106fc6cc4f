/** One row of a table that lscpu prints, whatever its columns: what it says of its CPU. */
import { InputError, quote } from '../../errors.ts';
import { HIGHEST_CPU_ID, HIGHEST_NODE_ID } from '../../kernel/nr-cpus.ts';

/** A table as its text has it. */
export interface LscpuTable {
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

export interface LscpuRow {
  readonly place: string;
  readonly cpu: number;
  /** Null where there is no column ONLINE. */
  readonly online: boolean | null;
  readonly node: number | null;
  readonly core: number | null;
  readonly socket: number | null;
  /** Drawer and book, of which mainframes have several with sockets numbered alike; "/" elsewhere. */
  readonly book: string;
  /** MODELNAME, which lscpu has since 2.39 or so: it numbers the cores of each model from 0. */
  readonly model: string;
  /** An id for each cache that the header names; null where the CPU has none. */
  readonly caches: readonly (number | null)[];
}

/** Rows of a table: Linux is built for 8,192 CPUs at most (arch/x86/Kconfig, NR_CPUS_RANGE_END). */
export const MOST_ROWS = 131_072;

const CACHE = /^l\d[di]?(?::l\d[di]?)*$/;

const YES = new Set(['y', 'yes', 'true', '1']);
const NO = new Set(['n', 'no', 'false', '0']);

const HIGHEST_ID = 2 ** 31 - 1;

/** The caches that a header names, in its order: ["l1d", "l1i", "l2", "l3"]. */
export function cacheNames(header: readonly string[]): readonly string[] {
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

function onlineOf(place: string, cell: string | null): boolean | null {
  const word = cell?.toLowerCase() ?? '';
  if (word === '') return null;
  if (YES.has(word)) return true;
  if (NO.has(word)) return false;
  throw new InputError(
    `${place}: ONLINE is ${quote(cell)}; expected yes or no (LC_ALL=C keeps lscpu from translating)`,
  );
}

/** "0:0:0:1" in one cell, where those missing are the last, or a cell for each. */
function cachesOf(
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
export function readLscpuRows({ header, rows }: LscpuTable): readonly LscpuRow[] {
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
      online: onlineOf(place, cell('online')),
      node: id('node', HIGHEST_NODE_ID),
      core: id('core', HIGHEST_ID),
      socket: id('socket', HIGHEST_ID),
      book: `${cell('drawer') ?? ''}/${cell('book') ?? ''}`,
      model: cell('modelname') ?? '',
      caches: cachesOf(place, names, caches),
    };
  });
}
