/** Machines from tables of lscpu: `lscpu -p`, lines of values, and `lscpu -e -J`, a JSON list of CPUs. */
import { InputError, quote } from '../../errors.ts';
import type { MachineDescription } from './description.ts';
import { parseLscpuJson } from './lscpu-json.ts';
import { describeLscpuRows, type LscpuCells, MOST_ROWS } from './lscpu-rows.ts';

/** With comments and empty lines. */
const MOST_LINES = MOST_ROWS + 1000;

/** lscpu knows some twenty. */
const MOST_COLUMNS = 64;

/** The last comment is the header: "# CPU,Core,Socket,Node,,L1d,L1i,L2,L3". */
function headerOf(lines: readonly string[]): readonly string[] {
  const header = lines.findLast((line) => line.startsWith('#'))?.slice(1);
  const names = header?.split(',', MOST_COLUMNS).map((name) => name.trim().toLowerCase()) ?? [];
  if (names.includes('cpu')) return names;
  throw new InputError(
    'no comment that names the columns, CPU among them; expected one such as "# CPU,Core,Socket,Node", above the values',
  );
}

const isCache = (name: string) => /^l\d/.test(name);

/**
 * The values under their columns. Caches stand together, wherever that is; of a CPU that has fewer
 * than others the line is shorter, and no cell tells which are missing: the last ones. Null where the
 * line does not fit the header.
 */
function aligned(cells: readonly string[], header: readonly string[]): readonly string[] | null {
  const missing = header.length - cells.length;
  if (missing === 0) return cells;
  const caches = header.filter(isCache).length;
  const end = header.findIndex(isCache) + caches;
  if (missing < 0 || missing >= caches) return null;
  const fill = Array.from({ length: missing }, () => '');
  return cells.toSpliced(end - missing, 0, ...fill);
}

/**
 * What `lscpu -p` tells, with any list of columns.
 * @throws InputError with the line and what is wrong in it.
 */
export function describeLscpuParsable(text: string): MachineDescription {
  const lines = text.split('\n', MOST_LINES + 1).map((line) => line.trim());
  if (lines.length > MOST_LINES)
    throw new InputError(`more than ${MOST_LINES} lines; expected one for each CPU`);
  const header = headerOf(lines);
  const rows = lines.flatMap((line, i): LscpuCells[] => {
    if (line === '' || line.startsWith('#')) return [];
    const values = line.split(',', header.length + 1).map((value) => value.trim());
    const cells = aligned(values, header);
    const place = `line ${i + 1}`;
    if (cells === null) {
      const few = values.length < header.length ? 'fewer' : 'more';
      throw new InputError(
        `${place}: ${quote(line)} has ${few} values than the header has columns, ${header.length}`,
      );
    }
    return [{ place, cells: cells.map((cell) => (cell === '' || cell === '-' ? null : cell)) }];
  });
  return describeLscpuRows('lscpu -p', { header, rows }, false);
}

/** Numbers and true or false; of old util-linux all values are strings. */
function cellOf(place: string, column: string, value: unknown): string | null {
  if (value === null || value === '' || value === '-') return null;
  if (typeof value === 'string') return value.trim();
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  throw new InputError(`${place}.${column} is ${quote(value)}; expected a number or a string`);
}

/**
 * What `lscpu -e -J` tells, with any list of columns.
 * @throws InputError with line and column of what is malformed, or the JSON path of a value.
 */
export function describeLscpuTable(text: string): MachineDescription {
  const objects = parseLscpuJson(text, 'cpus');
  const keys = Object.keys(objects[0] ?? {});
  const rows = objects.map((object, i): LscpuCells => {
    const place = `cpus[${i}]`;
    const stray = Object.keys(object).find((key) => !keys.includes(key));
    if (stray !== undefined) {
      throw new InputError(`${place} has ${quote(stray)}, which cpus[0] has not`);
    }
    return { place, cells: keys.map((key) => cellOf(place, key, object[key] ?? null)) };
  });
  const header = keys.map((key) => key.toLowerCase());
  return describeLscpuRows('lscpu -e -J', { header, rows }, true);
}
