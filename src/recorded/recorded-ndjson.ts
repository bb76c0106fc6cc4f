/** Recorded updates as NDJSON: a record a line, after an optional line that names the format. */
import { InputError, quote } from '../errors.ts';
import { RECORD_FIELDS, type RecordFields, recordOf } from './record-check.ts';
import { RECORD_DEFAULTS, RECORDED_FORMAT, type RecordedUpdate } from './recorded.ts';

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
    throw new InputError(`${unknown} is an unknown field: expected ${RECORD_FIELDS.join(', ')}`);
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
