/** Machines from tables of lscpu: `lscpu -p`, lines of values, and `lscpu -e -J`, a JSON list of CPUs. */
import { InputError, quote } from '../../errors.ts';
import { type NumberedLine, numberedLines, trimmed } from '../../input/text-lines.ts';
import type { MachineDescription } from './description.ts';
import { parseLscpuJson } from './lscpu-json.ts';
import { BARE_ROW, describeLscpuRows, type LscpuCells, MOST_ROWS } from './lscpu-rows.ts';
import { demandWholeRow, unendedLine } from './torn.ts';

/** With comments and empty lines. */
const MOST_LINES = MOST_ROWS + 1000;

/** lscpu knows some twenty. */
const MOST_COLUMNS = 64;

/** Of lscpu -p without a list of its user's; a machine may have no level-3 cache. */
const COLUMNS = 'CPU,Core,Socket,Node,,L1d,L1i,L2,L3';

/** The last comment is the header, "# CPU,Core,Socket,Node,,L1d,L1i,L2,L3"; where rows are of such, there need be none. */
function headerOf(lines: readonly NumberedLine[]): readonly string[] {
  const comment = lines.findLast(({ text }) => text.startsWith('#'))?.text.slice(1);
  const isBare = comment === undefined && lines.some(({ text }) => BARE_ROW.test(text));
  const header = isBare ? COLUMNS : comment;
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

/** Whether a row is that of an off-line CPU, of which lscpu -a knows no core and nothing behind that. */
function isOffline(row: readonly string[], header: readonly string[]): boolean {
  const told = ['core', 'cpu', 'online'].every((name) => header.indexOf(name) < row.length - 1);
  return told && row[header.indexOf('core')] === '';
}

/**
 * What `lscpu -p` tells, with any list of columns.
 * @throws InputError with the line and what is wrong in it.
 */
export function describeLscpuParsable(text: string): MachineDescription {
  const lines = numberedLines(text, MOST_LINES, 'one for each CPU').map(trimmed);
  const header = headerOf(lines);
  const written: string[][] = [];
  const rows = lines.flatMap(({ number, text: line }): LscpuCells[] => {
    if (line === '' || line.startsWith('#')) return [];
    const values = line.split(',', header.length + 1).map((value) => value.trim());
    written.push(values);
    const cells = aligned(values, header);
    const place = `line ${number}`;
    if (cells === null) {
      const few = values.length < header.length ? 'fewer' : 'more';
      throw new InputError(
        `${place}: ${quote(line)} has ${few} values than the header has columns, ${header.length}`,
      );
    }
    return [{ place, cells: cells.map((cell) => (cell === '' || cell === '-' ? null : cell)) }];
  });
  const unended = unendedLine(lines);
  if (unended !== null && !isOffline(written.at(-1) ?? [], header)) {
    demandWholeRow(written, `line ${unended.number}`);
  }
  const description = describeLscpuRows('lscpu -p', { header, rows }, false);
  if (lines.some(({ text: line }) => line.startsWith('#'))) return description;
  const remark = `no comment names the columns of lscpu -p: taken as its own, ${COLUMNS}`;
  return { ...description, remarks: [...description.remarks, remark] };
}

/** Numbers and true or false; of old util-linux all values are strings. */
function cellOf(place: string, column: string, value: unknown): string | null {
  if (value === null || value === '' || value === '-') return null;
  if (typeof value === 'string') return value.trim();
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  throw new InputError(`${place}.${column} is ${quote(value)}; expected a number or a string`);
}

function describeJsonTable(text: string): MachineDescription {
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

/** A word of a line, and where it stands. */
interface Word {
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

function wordsOf(line: string): readonly Word[] {
  return Array.from(line.matchAll(/\S+/g), ({ 0: text, index }) => ({
    text,
    start: index,
    end: index + text.length,
  }));
}

/** How far apart two words stand, 0 where they share a column. */
const gap = (a: Word, b: Word) => Math.max(0, a.start - b.end + 1, b.start - a.end + 1);

/**
 * The words under their columns. As many words as columns are one each, however the table has been
 * moved about; else a word belongs to the column that it stands under, or nearest to, and of what
 * stands behind the last one (a remark) nothing does.
 */
function underColumns(
  words: readonly Word[],
  columns: readonly Word[],
): readonly (string | null)[] {
  if (words.length === columns.length || (words.length > columns.length && !hasText(columns))) {
    return columns.map((_, i) => words[i]!.text);
  }
  const cells = columns.map((): string | null => null);
  for (const word of words) {
    const nearest = columns.reduce(
      (best, column, i) => (gap(word, column) < gap(word, columns[best]!) ? i : best),
      0,
    );
    cells[nearest] = cells[nearest] === null ? word.text : `${cells[nearest]} ${word.text}`;
  }
  return cells;
}

/** Names of models have blanks in them. */
const hasText = (columns: readonly Word[]) => columns.some(({ text }) => text === 'MODELNAME');

/** Longer ones are no row of a table of CPUs, and have too many words to be put under columns. */
const LONGEST_ROW = 2000;

/** The plain table of `lscpu -e`: its columns are those of the header; a comment may hold it all. */
function describePlainTable(text: string): MachineDescription {
  const [head, ...lines] = numberedLines(text, MOST_LINES, 'one for each CPU');
  const textOf = (line: NumberedLine) => line.text.replace(/^#/, ' ');
  const columns = wordsOf(textOf(head!).slice(0, LONGEST_ROW));
  const written: string[][] = [];
  const rows = lines.flatMap((line): LscpuCells[] => {
    const place = `line ${line.number}`;
    const words = textOf(line);
    if (words.trim() === '') return [];
    if (words.length > LONGEST_ROW) throw new InputError(`${place}: longer than a row of lscpu -e`);
    const cells = underColumns(wordsOf(words), columns);
    written.push(cells.map((cell) => cell ?? ''));
    return [{ place, cells: cells.map((cell) => (cell === '-' ? null : cell)) }];
  });
  const unended = unendedLine(lines);
  if (unended !== null) demandWholeRow(written, `line ${unended.number}`);
  const header = columns.map((column) => column.text.toLowerCase());
  return describeLscpuRows('lscpu -e', { header, rows }, true);
}

/**
 * What `lscpu -e -J` reports, or the plain table of `lscpu -e`, with any list of columns.
 * @throws InputError with line and column of what is malformed, or the JSON path of a value.
 */
export function describeLscpuTable(text: string): MachineDescription {
  return /^[\s\uFEFF]*[{[]/.test(text) ? describeJsonTable(text) : describePlainTable(text);
}
