/** Texts whose last line has no line end: whether it is whole, or cut off where it still reads as another machine. */
import { InputError, quote } from '../../errors.ts';
import type { NumberedLine } from '../../input/text-lines.ts';
import type { CpuIds } from '../cpulist.ts';
import { unionOf } from './description.ts';

/** The last line, where it has no line end; a copy of a whole text may have none either. */
export function unendedLine(lines: readonly NumberedLine[]): NumberedLine | null {
  const last = lines.at(-1);
  return last === undefined || last.text.trim() === '' ? null : last;
}

/** @throws InputError "PLACE: …" */
export function refuseTorn(place: string, why: string): never {
  throw new InputError(
    `${place}: the text ends here without a line end, and ${why}: expected it whole, with a line end`,
  );
}

/** Why the last of the lists of nodes may be cut off, in words; null where all speaks for its being whole. */
export function tornList(
  lists: readonly CpuIds[],
  last: number,
  online: CpuIds | null,
): string | null {
  const named = lists.reduce((sum, { length }) => sum + length, 0);
  const all = unionOf([...lists]).length;
  if (all < named) return 'CPUs are in two nodes';
  if (online !== null) return all < online.length ? 'on-line CPUs are in no node' : null;
  const counts = lists
    .filter((list, i) => list.length > 0 || i === last)
    .map((list) => list.length);
  const own = lists[last]!.length;
  return counts.every((count) => count === own)
    ? null
    : `its node has ${own} CPUs, others have ${counts.find((count) => count !== own)}`;
}

/** Whether a value may be the beginning of another that a column has, or of its next number. */
function isBeginning(value: string, others: readonly string[]): boolean {
  const numbers = others.filter((other) => /^\d{1,9}$/.test(other)).map(Number);
  const next = numbers.reduce((most, number) => Math.max(most, number + 1), 0);
  // Where no row has a number, as in a column that this machine knows nothing for, none is missing.
  return [...others, ...(numbers.length === 0 ? [] : [`${next}`])].some(
    (other) => other.length > value.length && other.startsWith(value),
  );
}

/** What lscpu -e writes for what it does not know, whole as it stands. */
const UNKNOWN = '-';

const partsOf = (row: readonly string[]) => (row.at(-1) ?? '').split(':');

/**
 * The rows of a table whose last one has no line end, each as many cells as its line has.
 * @throws InputError "PLACE: …" where the last row may be cut off.
 */
export function demandWholeRow(rows: readonly (readonly string[])[], place: string): void {
  const row = rows.at(-1);
  const before = rows.at(-2);
  if (row === undefined || before === undefined) return;
  const hasLess = row.at(-1) !== UNKNOWN && partsOf(row).length < partsOf(before).length;
  if (row.length < before.length || hasLess) {
    refuseTorn(place, 'has less than the row before');
  }
  const value = partsOf(row).at(-1)!;
  const others = rows.slice(0, -1).map((other) => partsOf(other).at(-1)!);
  if (isBeginning(value, others)) refuseTorn(place, `${quote(value)} may be cut off`);
}
