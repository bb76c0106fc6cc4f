/**
 * Converts one line of a trace to its event; what is no event is counted. No line is looked at twice
 * from its start, so that each takes time linear in its length.
 */
import { InputError, quote } from '../../errors.ts';
import { MEMBERS, type MemberName } from '../../kernel/rss-stat.ts';
import { type PageSize, pagesToBytes } from '../../units.ts';
import {
  type RssStatEvent,
  sight,
  type TraceCounts,
  type TraceEvent,
  type TraceForm,
} from './event.ts';

/** The commands that print as text what a tool has recorded in a form of its own: for messages. */
export const PERF_SCRIPT =
  'perf script --ns --show-lost-events -F comm,pid,tid,cpu,time,event,trace';
export const TRACE_CMD_REPORT = 'trace-cmd report';

/** Which task, on which CPU, when: what stands before an event's name. */
export type EventHead = Pick<RssStatEvent, 'comm' | 'tid' | 'tgid' | 'cpu' | 'time'>;

/** `comm  tid [cpu]` is perf's, `comm-tid [cpu]` that of ftrace and trace-cmd. */
type HeadGrammar = 'perf' | 'ftrace';

/** Heads are some 60 characters; beyond this a line is no event, and costs no time to refuse. */
const LONGEST_HEAD = 400;

/**
 * From the right, since a comm may hold blanks, brackets, dashes and colons:
 * - perf script, "rssload-2  8681/8683 [000]  1541.074583:  1 kmem:rss_stat:"; period and event's
 *   name may be absent;
 * - ftrace and trace-cmd, "rssload-0-9384  ( 9380) [001] d..2.  1627.137712: rss_stat:": thread group
 *   ("-------" where it is not known), flags and trace-cmd's "(+28873)" of --ts-diff are options, and
 *   clocks that count no time print whole numbers;
 * - latency format, "bash-9364  0...1. 33619us+: rss_stat:" of ftrace (kernel/trace/trace_output.c,
 *   trace_print_lat_context()) and "bash-9364  0...1.  6570.571627: rss_stat:" of trace-cmd report -l;
 *   the comm is cut to eight bytes;
 * - the same with the option verbose, "bash  17887  0 0 00000001 00000000 [187a2f496] 23.797ms
 *   (+0.005ms): rss_stat:".
 */
const HEADS: Readonly<Record<HeadGrammar, readonly RegExp[]>> = {
  perf: [
    /^\s*(?:(?<comm>.*\S)\s+)?(?:(?<tgid>\d+)\/)?(?<tid>\d+)\s+\[(?<cpu>\d+)\]\s+(?:(?<seconds>\d+\.\d+):\s*)?(?:\d+\s+)?(?:\S+:)?$/,
  ],
  ftrace: [
    /^\s*(?<comm>.*)-(?<tid>\d+)\s+(?:\(\s*(?<tgid>\d+|-+)\s*\)\s+)?\[(?<cpu>\d+)\]\s+(?:[^\s:]{4,7}\s+)?(?<seconds>\d+(?:\.\d+)?):\s+(?:\([+-]?\d+\)\s+)?(?:\S+:)?$/,
    /^\s*(?<comm>.*)-(?<tid>\d+)\s+(?<cpu>\d+)[^\s\d:][^\s:]{3,6}\s+(?:(?<seconds>\d+\.\d+)|(?<microseconds>\d+)us.?):\s+(?:\S+:)?$/,
    /^\s*(?<comm>.*\S)\s+(?<tid>\d+)\s+(?<cpu>\d+)\s+\d+\s+[\da-f]{8}\s+[\da-f]+\s+\[[\da-f]+\]\s+(?<milliseconds>\d+\.\d+)ms(?:\s+\([+-]?\d+\.\d+ms\))?:\s+(?:\S+:)?$/,
  ],
};

/** Seconds as printed; what is printed in another unit with six decimals. */
function secondsOf({ seconds, milliseconds, microseconds }: Partial<Record<string, string>>) {
  if (microseconds !== undefined) return (Number(microseconds) / 1e6).toFixed(6);
  if (milliseconds !== undefined) return (Number(milliseconds) / 1e3).toFixed(6);
  return seconds ?? null;
}

/** The head of a line, up to and without what the event says; null where it has another form. */
export function parseHead(text: string, grammar: HeadGrammar): EventHead | null {
  if (text.length > LONGEST_HEAD) return null;
  const head = text.trimEnd();
  for (const form of HEADS[grammar]) {
    const groups: Partial<Record<string, string>> | undefined = form.exec(head)?.groups;
    if (groups === undefined) continue;
    const { comm = '', tid, tgid = '-', cpu } = groups;
    return {
      // Of its own: a part of the text would keep the whole of it in memory.
      comm: ` ${comm}`.slice(1),
      tid: Number(tid),
      tgid: tgid.startsWith('-') ? null : Number(tgid),
      cpu: Number(cpu),
      time: secondsOf(groups),
    };
  }
  return null;
}

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
const LONGEST_FIELDS = 400;

const FIELD = /(?<![^\s\]])(mm_id|curr|type|member|size)=(\S*)/g;

const NUMBER = /^-?(?:0x[\da-f]{1,16}|\d{1,16})$/;

/** A number of 64 bits: in hexadecimal the negative ones are those from 2^63 on. */
function numberOf(text: string | undefined): number {
  if (text === undefined || !NUMBER.test(text)) return Number.NaN;
  return text.length < 18 ? Number(text) : Number(BigInt.asIntN(64, BigInt(text)));
}

/** What a line of rss_stat lacks of the fields; see SINCE. */
export type MissingField = 'mm_id' | 'curr' | 'type' | 'size';

/**
 * "mm_id=… curr=… type=… size=…B", or `member=1` of kernels before the names, in any order: Perfetto
 * writes them in its own (src/trace_processor/…/to_ftrace.cc, without B), ftrace's option `fields` and
 * libtraceevent's "[FAILED TO PARSE]" in that of the record. The names of what is not there; null: cut
 * short.
 */
function parseRssStat(text: string): RssStatFields | readonly MissingField[] | null {
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

/** What a line of rss_stat consists of, or null: the head up to the event's name, and the fields. */
export function splitRssStat(line: string): [head: string, fields: string] | null {
  const name = line.lastIndexOf('rss_stat:');
  const at = name < 0 ? line.lastIndexOf('mm_id=') : name + 'rss_stat:'.length;
  return at < 0 ? null : [line.slice(0, at), line.slice(at)];
}

/** The number behind the last place of a word between two places; NaN where there is none. */
function numberBehind(text: string, word: string, from: number, to = text.length): number {
  const at = text.lastIndexOf(word, to);
  if (at < from) return Number.NaN;
  const start = at + word.length;
  return numberOf(/^[\da-fx]+/.exec(text.slice(start, start + 18))?.[0]);
}

/** States X and Z (include/linux/sched.h), as bits EXIT_DEAD and EXIT_ZOMBIE: the task runs no more. */
function isDead(state: string): boolean {
  return /^[XZ]/.test(state) || (numberOf(/^[\dx]+/.exec(state)?.[0]) & 0x30) !== 0;
}

/**
 * The task of a sched_switch that leaves a dead one: "prev_pid=12 … prev_state=X", a number of raw
 * output, or "prog:12 [120] X ==> …" as trace-cmd's plugin prints it; else NaN.
 */
function switchedFromDead(text: string, from: number): number {
  const state = text.indexOf(' prev_state=', from);
  if (state >= 0) {
    const dead = isDead(text.slice(state + ' prev_state='.length, state + 40));
    return dead ? numberBehind(text, ' prev_pid=', from, state) : Number.NaN;
  }
  const arrow = text.indexOf(' ==> ', from);
  const left = arrow < 0 ? '' : text.slice(Math.max(from, arrow - 40), arrow);
  const [, tid, dead = ''] = /:(\d+) \[-?\d+\] (\S+)$/.exec(left) ?? [];
  return isDead(dead) ? Number(tid) : Number.NaN;
}

/** The task that ends by this line, and where its event is named; null: none does. */
function endedTask(line: string): { readonly tid: number; readonly at: number } | null {
  const exit = line.indexOf('sched_process_exit:');
  const change = line.indexOf('sched_switch:');
  const record = line.indexOf('PERF_RECORD_EXIT(');
  const at = Math.max(exit, change, record);
  if (at < 0) return null;
  const tid =
    exit >= 0
      ? numberBehind(line, ' pid=', exit)
      : change >= 0
        ? switchedFromDead(line, change)
        : Number(/:(\d+)\)/.exec(line.slice(record, record + 60))?.[1]);
  return Number.isNaN(tid) ? null : { tid, at };
}

/** The task that a sched_switch turns to, in either form; NaN where it is not told. */
function switchedTo(text: string, from: number): number {
  const told = numberBehind(text, ' next_pid=', from);
  if (!Number.isNaN(told)) return told;
  const arrow = text.lastIndexOf(' ==> ');
  return arrow < from ? Number.NaN : Number(/:(\d+) \[-?\d+\]\s*$/.exec(text.slice(arrow))?.[1]);
}

/** CLONE_THREAD, include/uapi/linux/sched.h. */
const CLONE_THREAD = 0x10000;

/** The thread that a task_newtask tells of, "pid=9385 comm=prog clone_flags=3d0f00 …"; NaN: a process. */
function startedThread(text: string, from: number): number {
  const flags = / clone_flags=(?:0x)?([\da-f]{1,16}) /.exec(
    text.slice(from, from + LONGEST_FIELDS),
  );
  const isThread = (Number.parseInt(flags?.[1] ?? '0', 16) & CLONE_THREAD) !== 0;
  return isThread
    ? numberBehind(text, ' pid=', from, from + ':'.length + 'task_newtask'.length)
    : Number.NaN;
}

/** ftrace (kernel/trace/trace.c) and trace-cmd report, which gives no number where it knows none. */
const LOST = [/^\s*CPU:\d+ \[LOST (\d+) EVENTS\]/, /^\s*CPU:\d+ \[(?:(\d+) )?EVENTS DROPPED\]/];

/**
 * "##### CPU 2 buffer started ####": an overwritten buffer begins here, so that what this CPU did
 * before is missing; "# entries-in-buffer/entries-written: 621/2203".
 */
const STARTED = /^\s*##### CPU \d+ buffer started ####/;
const WRITTEN = /^# entries-in-buffer\/entries-written: (\d+)\/(\d+)/;

/** Events said to be missing by this line, 0 where it gives no number; null: it says no such thing. */
function lossOf(line: string): number | null {
  if (STARTED.test(line)) return 0;
  const written = WRITTEN.exec(line);
  if (written !== null) {
    const missing = Number(written[2]) - Number(written[1]);
    return missing > 0 ? missing : null;
  }
  // perf script --show-lost-events: "… PERF_RECORD_LOST lost 71", "PERF_RECORD_LOST_SAMPLES".
  const record = line.indexOf('PERF_RECORD_LOST');
  if (record >= 0) {
    const lost = /\blost (\d+)/.exec(line.slice(record));
    if (lost !== null) return Number(lost[1]);
  }
  for (const pattern of LOST) {
    const match = pattern.exec(line);
    if (match !== null) return Number(match[1] ?? 0);
  }
  return null;
}

/** What a trace begins with: of ftrace, of trace-cmd report, of perf script --header. */
const BEGINNING = /^# tracer:|^cpus=\d|^version = \d|^# captured on/;

/** A line of a call chain: an address, or nothing; headers and trace-cmd's lines about buffers. */
const NO_EVENT =
  /^\s*$|^#|^\s+[0-9a-f]{4,16}\b|^cpus=\d|^version = \d|^CPU \d+ is empty|^\s*PERF_RECORD_|^CPU:\d+ \[SUBBUFFER/;

/** ftrace's "#P:4" (kernel/trace/trace.c, print_event_info()), trace-cmd's "cpus=4", perf's with --header. */
const CPUS = /^#.*#P:(\d{1,7})\b|^cpus=(\d{1,7})\s*$|^# nrcpus online : (\d{1,7})\s*$/;

/** The CPUs that a header says the machine has; null where it does not. */
function cpusOf(text: string): number | null {
  const [, ...said] = CPUS.exec(text.slice(0, LONGEST_HEAD)) ?? [];
  const digits = said.find((one) => one !== undefined);
  return digits === undefined ? null : Number(digits);
}

/** "name: what" behind a head: one that ends with [CPU] and time, or in the latency format. */
function isEvent(text: string): boolean {
  const cpu = /\[\d+\]/.exec(text);
  if (cpu !== null && /\d\.\d+:\s+\S/.test(text.slice(cpu.index))) return true;
  const time = /\d(?:us.?|ms\)?)?:\s+\S+/.exec(text.slice(0, LONGEST_HEAD));
  return time !== null && parseHead(text.slice(0, time.index + time[0].length), 'ftrace') !== null;
}

export interface LineParser {
  /** The event of a line (1 = the first), or null. @throws InputError "line N: …". */
  parse(text: string, line: number): TraceEvent | null;
  /**
   * Counts `rss_stat`s whose sizes end in "B", of these times (seconds), the first of which is in this line.
   * @returns false, and counts nothing, where the lines have to be parsed.
   */
  takes(seconds: Float64Array, firstLine: number): boolean;
  /** The fields that the first unreadable rss_stat lacks, and its line; null: there was none. */
  lacking(): { readonly line: number; readonly fields: readonly MissingField[] } | null;
}

export function createLineParser(
  form: TraceForm,
  pageSize: PageSize,
  counts: TraceCounts,
): LineParser {
  const grammar: HeadGrammar = form === 'perf-script' ? 'perf' : 'ftrace';
  let suffixed: boolean | null = null;
  let lastTime = 0;
  let lacking: ReturnType<LineParser['lacking']> = null;

  function noteTime(seconds: number, line: number): void {
    if (seconds < lastTime) sight(counts.outOfOrder, line);
    lastTime = seconds;
  }

  function malformed(line: number): TraceEvent {
    sight(counts.malformed, line);
    return { name: 'loss', line };
  }

  /** A head that no event of this file could be read by is the recording's fault, not the line's. */
  function withoutHead(text: string, line: number): TraceEvent {
    if (counts.rssStatEvents > 0) return malformed(line);
    throw new InputError(
      form === 'perf-script'
        ? `${quote(text.trim())} does not begin with task, pid, [CPU] and time: print it with ${PERF_SCRIPT}`
        : `${quote(text.trim())} does not begin with task-pid, [CPU] and time: print it with ${TRACE_CMD_REPORT}, or from tracefs with the option context-info`,
    ).within(`line ${line}`);
  }

  function rssStat(text: string, prefix: string, body: string, line: number): TraceEvent | null {
    const head = parseHead(prefix, grammar);
    const fields = parseRssStat(body);
    const without = fields !== null && 'length' in fields ? fields : [];
    // A task may be called "rss_stat:".
    if (head === null && without.length > 3) return other(text, line);
    if (head === null) return withoutHead(text, line);
    if (without.length > 0) lacking ??= { line, fields: without };
    if (fields === null || 'length' in fields) return malformed(line);
    suffixed ??= fields.suffixed;
    // "size=409" may be what is left of "size=4096B".
    if (fields.suffixed !== suffixed) return malformed(line);
    const sizePages = fields.bytes / pagesToBytes(1, pageSize);
    if (!Number.isInteger(sizePages)) {
      if (!suffixed && counts.rssStatEvents > 0) return malformed(line);
      throw new InputError(
        `size is ${fields.bytes}${suffixed ? 'B' : ''}: not a whole number of pages of ${pageSize / 1024} KiB (--page-size)`,
      ).within(`line ${line}`);
    }
    if (head.time !== null) noteTime(Number(head.time), line);
    if (fields.member === null) {
      counts.otherEvents += 1;
      sight(counts.unknownMembers, line);
      return null;
    }
    counts.rssStatEvents += 1;
    const { mmId, curr, member } = fields;
    const event: RssStatEvent = { name: 'rss_stat', ...head, mmId, curr, member, sizePages, line };
    return event;
  }

  /** Scheduler events, and whatever else was recorded beside rss_stat. */
  function other(text: string, line: number): TraceEvent | null {
    if (text.includes('sched_migrate_task:')) counts.migrations += 1;
    else if (text.includes('sched_switch:')) counts.switches += 1;
    else if (isEvent(text)) counts.otherEvents += 1;
    else if (!NO_EVENT.test(text)) sight(counts.unknownLines, line);
    else counts.cpus ??= cpusOf(text);
    const ended = endedTask(text);
    if (ended === null) return moment(text, line);
    const cpu = headAt(text, ended.at)?.cpu ?? Number(/\[(\d+)\]/.exec(text)?.[1] ?? 0);
    return { name: 'task-exit', tid: ended.tid, cpu, line };
  }

  /** Of an event whose name is at a place of its line. */
  const headAt = (text: string, at: number) =>
    parseHead(text.slice(0, text.indexOf(':', at) + 1), grammar);

  /** Which thread began, or which task a CPU turned to; null where the line does not tell. */
  function moment(text: string, line: number): TraceEvent | null {
    const change = text.indexOf('sched_switch:');
    const start = text.indexOf('task_newtask:');
    const at = Math.max(change, start);
    if (at < 0) return null;
    const tid = change >= 0 ? switchedTo(text, change) : startedThread(text, start);
    const head = Number.isNaN(tid) ? null : headAt(text, at);
    if (head === null) return null;
    const { cpu } = head;
    return change >= 0
      ? { name: 'switch', tid, cpu, line }
      : { name: 'thread-start', tid, by: head.tid, cpu, line };
  }

  function parse(text: string, line: number): TraceEvent | null {
    const parts = splitRssStat(text);
    if (parts !== null) return rssStat(text, ...parts, line);
    if (counts.rssStatEvents > 0 && BEGINNING.test(text)) {
      throw new InputError(
        "another trace begins here, maybe another machine's: replay each by itself",
      ).within(`line ${line}`);
    }
    const lost = lossOf(text);
    if (lost !== null) {
      sight(counts.losses, line);
      counts.lostEvents += lost;
      return { name: 'loss', line };
    }
    return other(text, line);
  }

  function takes(seconds: Float64Array, firstLine: number): boolean {
    suffixed ??= true;
    if (!suffixed) return false;
    if (seconds[0]! < lastTime) sight(counts.outOfOrder, firstLine);
    for (let i = 1; i < seconds.length; i++) {
      if (seconds[i]! < seconds[i - 1]!) sight(counts.outOfOrder, firstLine + i);
    }
    lastTime = seconds.at(-1) ?? lastTime;
    counts.rssStatEvents += seconds.length;
    return true;
  }

  return { parse, takes, lacking: () => lacking };
}
