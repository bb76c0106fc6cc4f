/** One line of a trace to its event, and what is no event counted. */
import { InputError, quote } from '../../errors.ts';
import { type PageSize, pagesToBytes } from '../../units.ts';
import type { TraceForm } from '../recording-form.ts';
import { sight, type TraceCounts } from './counts.ts';
import type { RssStatEvent, TraceEvent } from './event.ts';
import { endedTask, parseRssStat } from './event-fields.ts';
import { type EventHead, type HeadGrammar, parseHead } from './event-head.ts';
import { lossOf } from './loss-lines.ts';
import { PERF_SCRIPT } from './print-commands.ts';

export interface LineParser {
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
