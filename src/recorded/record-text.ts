/** Records as lines of NDJSON or CSV, both ways; every fault of a line names the field, value and rule. */
import { InputError, middleCut, quote } from '../errors.ts';
import { HIGHEST_CPU_ID } from '../kernel/nr-cpus.ts';
import { MEMBERS } from '../kernel/rss-stat.ts';
import {
  HIGHEST_MM,
  HIGHEST_THREAD,
  isMemberName,
  isOfThread,
  isWithoutPages,
  MOST_RECORD_PAGES,
  MOST_REPEAT,
  MOST_ROW_PAGES,
  RECORD_DEFAULTS,
  RECORD_KINDS,
  RECORDED_FORMAT,
  type RecordedUpdate,
  type RecordKind,
} from '../update/record.ts';

const RECORD_FIELDS = ['thread', 'cpu', 'pages', 'kind', 'member', 'mm', 'repeat'] as const;

export type RecordField = (typeof RECORD_FIELDS)[number];

/** A line's fields: numbers or text, absent where the line does not have them. */
type RecordFields = Partial<Record<RecordField, unknown>>;

function whole(field: RecordField, value: unknown, low: number, high: number): number {
  if (typeof value === 'number' && Number.isInteger(value) && value >= low && value <= high) {
    return value;
  }
  const found = value === undefined ? 'is missing' : `is ${quote(value)}`;
  throw new InputError(`${field} ${found}: expected a whole number from ${low} to ${high}`);
}

function kindOf(value: unknown): RecordKind {
  const kind = RECORD_KINDS.find((name) => name === value);
  if (kind !== undefined) return kind;
  const found = value === undefined ? 'is missing' : `is ${quote(value)}`;
  throw new InputError(`kind ${found}: expected one of ${RECORD_KINDS.join(', ')}`);
}

/** The pages a kind may have: see RecordedUpdate. */
function pagesOf(kind: RecordKind, value: unknown): number {
  if (isWithoutPages(kind)) return whole('pages', value ?? 0, 0, 0);
  const low = kind === 'cow' || kind === 'swap-in' ? 1 : -MOST_RECORD_PAGES;
  const high = kind === 'fault' || low === 1 ? MOST_RECORD_PAGES : MOST_ROW_PAGES;
  return whole('pages', value, Math.max(low, -high), high);
}

function memberOf(kind: RecordKind, value: unknown): RecordedUpdate['member'] {
  if (kind === 'swap-in') {
    if (value === undefined || value === 'swap') return 'swap';
    throw new InputError(`member is ${quote(value)}: a swap-in leaves swap`);
  }
  const member = value ?? (kind === 'cow' ? 'file' : RECORD_DEFAULTS.member);
  if (typeof member !== 'string' || !isMemberName(member)) {
    throw new InputError(`member is ${quote(value)}: expected one of ${MEMBERS.join(', ')}`);
  }
  if (kind === 'cow' && member !== 'file' && member !== 'shmem') {
    throw new InputError(`member is ${quote(value)}: a copy-on-write leaves file or shmem`);
  }
  return member;
}

/** @throws InputError that names the first fault. */
export function recordOf(fields: RecordFields): RecordedUpdate {
  const kind = kindOf(fields.kind);
  const ofThread = isOfThread(kind);
  const ofCpu = isWithoutPages(kind) && !ofThread;
  return {
    kind,
    thread: whole('thread', ofCpu ? (fields.thread ?? 0) : fields.thread, 0, HIGHEST_THREAD),
    cpu: whole('cpu', ofThread ? (fields.cpu ?? 0) : fields.cpu, 0, HIGHEST_CPU_ID),
    pages: pagesOf(kind, fields.pages),
    member: memberOf(kind, fields.member),
    mm: whole('mm', fields.mm ?? RECORD_DEFAULTS.mm, 0, HIGHEST_MM),
    repeat: whole('repeat', fields.repeat ?? RECORD_DEFAULTS.repeat, 1, MOST_REPEAT),
  };
}

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
  // A loop: of entries an object takes twice the time, and there are a million.
  const fields: RecordFields = {};
  for (let i = 0; i < columns.length; i++) fields[columns[i]!] = fieldValue(columns[i]!, cells[i]!);
  return recordOf(fields);
}

export const CSV_HEAD = `${RECORD_FIELDS.join(',')}\n`;

/** The line of a record, in the order of CSV_HEAD. */
export function formatCsvLine(record: RecordedUpdate): string {
  return `${RECORD_FIELDS.map((field) => record[field]).join(',')}\n`;
}

function fieldsOf(line: string): Record<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(line) as unknown;
  } catch {
    throw new InputError(`${quote(line)} is not JSON`);
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new InputError(`${quote(line)} is not an object`);
  }
  return value as Record<string, unknown>;
}

const KNOWN: ReadonlySet<string> = new Set(RECORD_FIELDS);

/** The record of a line, or null for a line that names the format. @throws InputError. */
export function parseNdjsonLine(line: string): RecordedUpdate | null {
  const fields = fieldsOf(line);
  if ('format' in fields) {
    if (fields.format === RECORDED_FORMAT) return null;
    throw new InputError(`format is ${quote(fields.format)}: expected "${RECORDED_FORMAT}"`);
  }
  const unknown = Object.keys(fields).find((key) => !KNOWN.has(key));
  if (unknown !== undefined) {
    const name = middleCut(unknown, 60);
    throw new InputError(`${name} is an unknown field: expected ${RECORD_FIELDS.join(', ')}`);
  }
  return recordOf(fields as RecordFields);
}

/** The line of a record; what has its default is left out. */
export function formatNdjsonLine({ member, mm, repeat, ...record }: RecordedUpdate): string {
  const isDefault = record.kind === 'swap-in' || member === RECORD_DEFAULTS.member;
  return `${JSON.stringify({
    thread: record.thread,
    cpu: record.cpu,
    pages: record.pages,
    kind: record.kind,
    ...(isDefault ? {} : { member }),
    ...(mm === RECORD_DEFAULTS.mm ? {} : { mm }),
    ...(repeat === RECORD_DEFAULTS.repeat ? {} : { repeat }),
  })}\n`;
}
