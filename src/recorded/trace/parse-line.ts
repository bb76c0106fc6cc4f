/** Converts one line of a trace to its event; what is no event is counted. */

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

interface EventHead {
  readonly comm: string;
  readonly tid: number;
  readonly tgid: number | null;
  readonly cpu: number;
  readonly time: string | null;
}

/** `comm  tid [cpu]` is perf's, `comm-tid [cpu]` that of ftrace and trace-cmd. */
type HeadGrammar = 'perf' | 'ftrace';

/** Heads are some 60 characters; beyond this a line is no event, and costs no time to refuse. */
const LONGEST_HEAD = 400;

/**
 * "rssload-2  8681/8683 [000]  1541.074583:  1 kmem:rss_stat:", from the right: a comm may hold
 * blanks, brackets and colons. Period and event's name may be absent.
 */
const PERF =
  /^\s*(?:(.*\S)\s+)?(?:(\d+)\/)?(\d+)\s+\[(\d+)\]\s+(?:(\d+\.\d+):\s*)?(?:\d+\s+)?(?:\S+:)?$/;

/**
 * "rssload-0-9384  ( 9380) [001] d..2.  1627.137712: rss_stat:": the last "-digits" is the tid; the
 * thread group ("-------" where it is not known) and the flags are options.
 */
const FTRACE =
  /^\s*(.*)-(\d+)\s+(?:\(\s*(\d+|-+)\s*\)\s+)?\[(\d+)\]\s+(?:[^\s:]{4,7}\s+)?(\d+\.\d+):\s+(?:\S+:)?$/;

/** The head of a line, up to and without what the event says; null where it has another form. */
export function parseHead(text: string, grammar: HeadGrammar): EventHead | null {
  if (text.length > LONGEST_HEAD) return null;
  const head = text.trimEnd();
  if (grammar === 'perf') {
    const match = PERF.exec(head);
    if (match === null) return null;
    const [, comm = '', tgid, tid, cpu, time] = match;
    return {
      comm,
      tid: Number(tid),
      tgid: tgid === undefined ? null : Number(tgid),
      cpu: Number(cpu),
      time: time ?? null,
    };
  }
  const match = FTRACE.exec(head);
  if (match === null) return null;
  const [, comm = '', tid, tgid = '-', cpu, time] = match;
  return {
    comm,
    tid: Number(tid),
    tgid: tgid.startsWith('-') ? null : Number(tgid),
    cpu: Number(cpu),
    time: time ?? null,
  };
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

const FIELDS =
  /^mm_id=(0x[0-9a-f]{1,16}|\d{1,10}) curr=([01]) (?:type=(\w+)|member=(\d{1,3})) size=(-?\d{1,16})(B?)(?:\s|$)/;

/** "mm_id=… curr=… type=… size=…B", or `member=1` of kernels before the names; null: cut short. */
function parseRssStat(text: string): RssStatFields | null {
  const match = FIELDS.exec(text);
  if (match === null) return null;
  const [, mmId, curr, type, member, size, suffix] = match;
  const index = member === undefined ? TYPE_NAMES.indexOf(type) : +member;
  return {
    mmId: Number(mmId),
    curr: curr === '1',
    member: MEMBERS[index] ?? null,
    bytes: Number(size),
    suffixed: suffix === 'B',
  };
}

const EXIT = /sched_process_exit:.*?\bpid=(\d+)/;
const PERF_EXIT = /PERF_RECORD_EXIT\(\d+:(\d+)\)/;
/** States X and Z (include/linux/sched.h): the task is dead and will not run again. */
const DEAD = /sched_switch:.*\bprev_pid=(\d+) .*?\bprev_state=[XZ]/;

/** The task that ends by this line, or null. */
function endedTask(line: string): number | null {
  const match = EXIT.exec(line) ?? DEAD.exec(line) ?? PERF_EXIT.exec(line);
  return match === null ? null : Number(match[1]);
}

/**
 * - perf script --show-lost-events: "… PERF_RECORD_LOST lost 71", "PERF_RECORD_LOST_SAMPLES";
 * - ftrace (kernel/trace/trace.c): "CPU:1 [LOST 12 EVENTS]"; trace-cmd report: "CPU:1 [12 EVENTS
 *   DROPPED]", without a number where it is not known.
 */
const LOST = [
  /PERF_RECORD_LOST(?:_SAMPLES)?\b.*?\blost (\d+)/,
  /^\s*CPU:\d+ \[LOST (\d+) EVENTS\]/,
  /^\s*CPU:\d+ \[(?:(\d+) )?EVENTS DROPPED\]/,
];

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
  for (const pattern of LOST) {
    const match = pattern.exec(line);
    if (match !== null) return Number(match[1] ?? 0);
  }
  return null;
}

export const PERF_SCRIPT =
  'perf script --ns --show-lost-events -F comm,pid,tid,cpu,time,event,trace';

export const TRACE_CMD_REPORT = 'trace-cmd report';

interface LineParser {
  /** The event of a line (1 = the first), or null. @throws InputError "line N: …". */
  parse(text: string, line: number): TraceEvent | null;
}

/** A line of a call chain: an address, or nothing; headers and trace-cmd's lines about buffers. */
const NO_EVENT =
  /^\s*$|^#|^\s+[0-9a-f]{4,16}\b|^cpus=\d|^version = \d|^CPU \d+ is empty|^\s*PERF_RECORD_|^CPU:\d+ \[SUBBUFFER/;

/** "name: what" behind a head that both grammars end with a time. */
const OTHER_EVENT = /\[\d+\].*\d\.\d+:\s+\S/;

export function createLineParser(
  form: TraceForm,
  pageSize: PageSize,
  counts: TraceCounts,
): LineParser {
  const grammar: HeadGrammar = form === 'perf-script' ? 'perf' : 'ftrace';
  let suffixed: boolean | null = null;
  let lastTime = 0;

  function noteTime({ time }: EventHead, line: number): void {
    if (time === null) return;
    const seconds = Number(time);
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
        ? `line ${line}: ${quote(text.trim())} does not begin with task, pid, [CPU] and time: print it with ${PERF_SCRIPT}`
        : `line ${line}: ${quote(text.trim())} does not begin with task-pid, [CPU] and time: latency-format and raw output are not read`,
    );
  }

  function rssStat(text: string, at: number, line: number): TraceEvent | null {
    const head = parseHead(text.slice(0, at), grammar);
    if (head === null) return withoutHead(text, line);
    const fields = parseRssStat(text.slice(at));
    if (fields === null) return malformed(line);
    suffixed ??= fields.suffixed;
    // "size=409" may be what is left of "size=4096B".
    if (fields.suffixed !== suffixed) return malformed(line);
    const sizePages = fields.bytes / pagesToBytes(1, pageSize);
    if (!Number.isInteger(sizePages)) {
      if (!suffixed) return malformed(line);
      throw new InputError(
        `line ${line}: size is ${fields.bytes}B: not a whole number of pages of ${pageSize / 1024} KiB (--page-size)`,
      );
    }
    noteTime(head, line);
    if (fields.member === null) {
      counts.otherEvents += 1;
      return null;
    }
    counts.rssStatEvents += 1;
    const { mmId, curr, member } = fields;
    const event: RssStatEvent = { name: 'rss_stat', ...head, mmId, curr, member, sizePages, line };
    return event;
  }

  /** Scheduler events, and whatever else was recorded beside rss_stat. */
  function other(text: string, line: number): TraceEvent | null {
    const tid = endedTask(text);
    if (text.includes('sched_migrate_task:')) counts.migrations += 1;
    else if (text.includes('sched_switch:')) counts.switches += 1;
    else if (OTHER_EVENT.test(text)) counts.otherEvents += 1;
    else if (text.includes('rss_stat:')) return malformed(line);
    else if (!NO_EVENT.test(text)) sight(counts.unknownLines, line);
    if (tid === null) return null;
    const cpu = Number(/\[(\d+)\]/.exec(text)?.[1] ?? 0);
    return { name: 'task-exit', tid, cpu, line };
  }

  function parse(text: string, line: number): TraceEvent | null {
    const at = text.lastIndexOf('mm_id=');
    if (at >= 0) return rssStat(text, at, line);
    const lost = lossOf(text);
    if (lost !== null) {
      sight(counts.losses, line);
      counts.lostEvents += lost;
      return { name: 'loss', line };
    }
    return other(text, line);
  }

  return { parse };
}
