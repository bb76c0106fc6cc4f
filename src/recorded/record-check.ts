/** From the fields of one line to a recorded update; every fault names the field, value and rule. */
import { InputError, quote } from '../errors.ts';
import { HIGHEST_CPU_ID } from '../kernel/nr-cpus.ts';
import { MEMBERS } from '../kernel/rss-stat.ts';
import {
  HIGHEST_MM,
  HIGHEST_THREAD,
  isMemberName,
  isWithoutPages,
  MOST_RECORD_PAGES,
  MOST_REPEAT,
  MOST_ROW_PAGES,
  RECORD_DEFAULTS,
  RECORD_KINDS,
  type RecordedUpdate,
  type RecordKind,
} from './recorded.ts';

export const RECORD_FIELDS = ['thread', 'cpu', 'pages', 'kind', 'member', 'mm', 'repeat'] as const;

export type RecordField = (typeof RECORD_FIELDS)[number];

/** A line's fields: numbers or text, absent where the line does not have them. */
export type RecordFields = Partial<Record<RecordField, unknown>>;

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
  const hotplug = kind === 'cpu-offline' || kind === 'cpu-online';
  return {
    kind,
    thread: whole('thread', hotplug ? (fields.thread ?? 0) : fields.thread, 0, HIGHEST_THREAD),
    cpu: whole('cpu', kind === 'thread-exit' ? (fields.cpu ?? 0) : fields.cpu, 0, HIGHEST_CPU_ID),
    pages: pagesOf(kind, fields.pages),
    member: memberOf(kind, fields.member),
    mm: whole('mm', fields.mm ?? RECORD_DEFAULTS.mm, 0, HIGHEST_MM),
    repeat: whole('repeat', fields.repeat ?? RECORD_DEFAULTS.repeat, 1, MOST_REPEAT),
  };
}
