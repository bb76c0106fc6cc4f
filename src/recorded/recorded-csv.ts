/** Recorded updates as CSV: a header that names the columns, in any order, then a record a line. */
import { InputError, quote } from '../errors.ts';
import { RECORD_FIELDS, type RecordField, recordOf } from './record-check.ts';
import type { RecordedUpdate } from './recorded.ts';

const NEEDED: readonly RecordField[] = ['thread', 'cpu', 'pages', 'kind'];

const NUMBERS: ReadonlySet<RecordField> = new Set(['thread', 'cpu', 'pages', 'mm', 'repeat']);

/** The fields of a header's cells. @throws InputError. */
export function parseCsvHeader(cells: readonly string[]): readonly RecordField[] {
  const columns = cells.map((cell) => {
    const field = RECORD_FIELDS.find((name) => name === cell.trim());
    if (field !== undefined) return field;
    throw new InputError(
      `${quote(cell)} is an unknown column: expected ${RECORD_FIELDS.join(', ')}`,
    );
  });
  const twice = columns.find((column, i) => columns.indexOf(column) !== i);
  if (twice !== undefined) throw new InputError(`column ${twice} is there twice`);
  const missing = NEEDED.find((column) => !columns.includes(column));
  if (missing !== undefined) throw new InputError(`column ${missing} is missing`);
  return columns;
}

/** An empty cell is a field left out; what is no number stays text, and is told as such. */
function fieldValue(field: RecordField, cell: string): unknown {
  const text = cell.trim();
  if (text === '') return undefined;
  return NUMBERS.has(field) && /^[+-]?\d{1,16}$/.test(text) ? Number(text) : text;
}

/** The record of a line's cells. @throws InputError. */
export function parseCsvRecord(
  columns: readonly RecordField[],
  cells: readonly string[],
): RecordedUpdate {
  if (cells.length !== columns.length) {
    throw new InputError(`${cells.length} cells: the header has ${columns.length} columns`);
  }
  return recordOf(
    Object.fromEntries(columns.map((field, i) => [field, fieldValue(field, cells[i] ?? '')])),
  );
}

export const CSV_HEAD = `${RECORD_FIELDS.join(',')}\n`;

/** The line of a record, in the order of CSV_HEAD. */
export function formatCsvLine(record: RecordedUpdate): string {
  return `${RECORD_FIELDS.map((field) => record[field]).join(',')}\n`;
}
