/** Flat records as CSV and TSV: a header and one row a record. */
import { stringify } from 'csv-stringify/sync';

/** Columns by name, all records with the same ones; a cell that has no value is "". */
export type FlatRecord = Record<string, string | number>;

function renderDelimited(records: readonly FlatRecord[], delimiter: string): string {
  return stringify([...records], { header: true, delimiter, record_delimiter: 'unix' });
}

/** RFC 4180 with LF. */
export function renderCsv(records: readonly FlatRecord[]): string {
  return renderDelimited(records, ',');
}

export function renderTsv(records: readonly FlatRecord[]): string {
  return renderDelimited(records, '\t');
}
