/** A line of `rss_stat`: where its fields begin, and what they say. */
import { MEMBERS, type MemberName } from '../../kernel/rss-stat.ts';
import { type EventHead, type HeadGrammar, parseHead } from './event-head.ts';

/** The kernel's names (include/trace/events/kmem.h, TRACE_MM_PAGES), in the order of MEMBERS. */
export const TRACE_TYPES = [
  'MM_FILEPAGES',
  'MM_ANONPAGES',
  'MM_SWAPENTS',
  'MM_SHMEMPAGES',
] as const;

interface RssStatFields {
  readonly mmId: number;
  readonly curr: boolean;
  /** Null: a member that the model does not have. */
  readonly member: MemberName | null;
  readonly bytes: number;
  /** Whether the size ends in "B": raw output (trace-cmd report -R) does without, always. */
  readonly suffixed: boolean;
}

const TYPE_NAMES: readonly (string | undefined)[] = TRACE_TYPES;

/** The fields are some 70 characters, 100 of ftrace's option `fields`. */
export const LONGEST_FIELDS = 400;

const FIELD = /(?<![^\s\]])(mm_id|curr|type|member|size)=(\S*)/g;

const NUMBER = /^-?(?:0x[\da-f]{1,16}|\d{1,16})$/;

/** A number of 64 bits: in hexadecimal the negative ones are those from 2^63 on. */
export function numberOf(text: string | undefined): number {
  if (text === undefined || !NUMBER.test(text)) return Number.NaN;
  return text.length < 18 ? Number(text) : Number(BigInt.asIntN(64, BigInt(text)));
}

/** What a line of rss_stat lacks of the fields. */
export type MissingField = 'mm_id' | 'curr' | 'type' | 'size';

/** All of them: it is no line of rss_stat. */
export const MOST_MISSING = 4;

/**
 * "mm_id=… curr=… type=… size=…B", or `member=1` of kernels before the names, in any order: Perfetto
 * writes them in its own (src/trace_processor/…/to_ftrace.cc, without B), ftrace's option `fields` and
 * libtraceevent's "[FAILED TO PARSE]" in that of the record. The names of what is not there; null: cut
 * short.
 */
export function parseRssStat(text: string): RssStatFields | readonly MissingField[] | null {
  const fields: Partial<Record<string, string>> = {};
  for (const [, name = '', value] of text.slice(0, LONGEST_FIELDS).matchAll(FIELD)) {
    fields[name] ??= value;
  }
  const { mm_id: mmId, curr, type, member, size } = fields;
  const missing = (['mm_id', 'curr', 'type', 'size'] as const).filter(
    (name) => fields[name] === undefined && (name !== 'type' || member === undefined),
  );
  if (missing.length > 0) return missing;
  const suffixed = size!.endsWith('B');
  const bytes = numberOf(suffixed ? size!.slice(0, -1) : size);
  const index = type === undefined ? numberOf(member) : TYPE_NAMES.indexOf(type);
  const [id, current] = [numberOf(mmId), numberOf(curr)];
  if (!(id >= 0 && id < 2 ** 63) || Number.isNaN(index) || Number.isNaN(bytes)) return null;
  if (current !== 0 && current !== 1) return null;
  return { mmId: id, curr: current === 1, member: MEMBERS[index] ?? null, bytes, suffixed };
}

export const RSS_STAT = 'rss_stat:';

/** The name of another event, behind which a task's name may have fields of rss_stat. */
const OTHER_EVENT = /\b(?!rss_stat:)[a-z]\w*:\s*$/;

/** What a line of rss_stat consists of: its head (null: none that can be read) and its fields. */
export interface RssStatParts {
  readonly head: EventHead | null;
  readonly fields: string;
}

/**
 * The parts of a line that names rss_stat, or has fields of it without a name; null: neither. A task may
 * be called by these words, of which the last ones that stand behind a head are the event's own.
 */
export function splitRssStat(line: string, grammar: HeadGrammar): RssStatParts | null {
  const name = line.lastIndexOf(RSS_STAT);
  const places = [name < 0 ? -1 : name + RSS_STAT.length, line.lastIndexOf('mm_id=')];
  let parts: RssStatParts | null = null;
  for (const at of places) {
    if (at < 0) continue;
    const before = line.slice(0, at);
    if (OTHER_EVENT.test(before)) continue;
    const head = parseHead(before, grammar);
    if (head !== null) return { head, fields: line.slice(at) };
    parts ??= { head, fields: line.slice(at) };
  }
  return parts;
}

/** Whether a line is an rss_stat with a head and all its fields. */
export function isRssStat(line: string, grammar: HeadGrammar): boolean {
  const parts = splitRssStat(line, grammar);
  if (parts === null || parts.head === null) return false;
  const fields = parseRssStat(parts.fields);
  return fields !== null && !('length' in fields);
}
