/**
 * Converts one line of a trace to its event; what is no event is counted. No line is looked at twice
 * from its start, so that each takes time linear in its length.
 */
import { InputError, quote } from '../../errors.ts';
import { type PageSize, pagesToBytes } from '../../units.ts';
import {
  type RssStatEvent,
  sight,
  type TraceCounts,
  type TraceEvent,
  type TraceForm,
} from './event.ts';
import { type HeadGrammar, LONGEST_HEAD, parseHead } from './event-head.ts';
import {
  type MissingField,
  MOST_MISSING,
  parseRssStat,
  RSS_STAT,
  type RssStatParts,
  splitRssStat,
} from './rss-stat-line.ts';
import { moment, SWITCH, schedulerEvent } from './scheduler-line.ts';

/** The commands that print as text what a tool has recorded in a form of its own: for messages. */
export const PERF_SCRIPT =
  'perf script --ns --show-lost-events -F comm,pid,tid,cpu,time,event,trace';
export const TRACE_CMD_REPORT = 'trace-cmd report';

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

  function rssStat(text: string, parts: RssStatParts, line: number): TraceEvent | null {
    const { head } = parts;
    const fields = parseRssStat(parts.fields);
    const without = fields !== null && 'length' in fields ? fields : [];
    // A task may be called "rss_stat:" or "mm_id=1 size=1", which has not room for all fields.
    const isName = without.length > 0 && (head === null || isEvent(parts.fields));
    const lacksSome = without.length > 0 && without.length < MOST_MISSING;
    if (lacksSome && (!isName || text.includes(RSS_STAT))) lacking ??= { line, fields: without };
    if (isName) return other(text, line);
    if (head === null) return withoutHead(text, line);
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
    const event = schedulerEvent(text, grammar);
    if (text.includes('sched_migrate_task:')) counts.migrations += 1;
    else if (event?.name === SWITCH) counts.switches += 1;
    else if (isEvent(text)) counts.otherEvents += 1;
    else if (!NO_EVENT.test(text)) sight(counts.unknownLines, line);
    else counts.cpus ??= cpusOf(text);
    return event === null ? null : moment(text, event, line);
  }

  function parse(text: string, line: number): TraceEvent | null {
    const parts = splitRssStat(text, grammar);
    if (parts !== null) return rssStat(text, parts, line);
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
