/** Recognises a recording by its content: recorded updates, or a kernel's trace as a tool printed it. */
import { InputError } from '../errors.ts';
import { type Chunks, peek } from '../input/text-lines.ts';
import { TRACE_FORMS, type TraceForm } from './trace/event.ts';
import { PERF_SCRIPT, TRACE_CMD_REPORT } from './trace/parse-line.ts';
import { isRssStat, splitRssStat } from './trace/rss-stat-line.ts';

const UPDATE_FORMS = ['ndjson', 'csv'] as const;

/** What `observe --record` has written. */
export const OBSERVED = 'observed';

type UpdateForm = (typeof UPDATE_FORMS)[number];

export interface Recording {
  readonly form: UpdateForm | TraceForm | typeof OBSERVED;
  readonly chunks: Chunks;
}

/** Lines that are looked at where the first ones do not tell, and how long they may be. */
const MOST_LINES = 100;
const LONGEST_LOOKED_AT = 1000;

/** "# tracer: nop"; trace-cmd's "cpus=2", "version = 7", "CPU 3 is empty". */
const FTRACE_HEADER = /^# tracer:|^# entries-in-buffer/;
const TRACE_CMD_HEADER =
  /^cpus=\d+\s*$|^version = \d|^CPU \d+ is empty|^CPU:\d+ \[.*EVENTS DROPPED/;
/** perf script --header. */
const PERF_HEADER = /^# =====+|^# captured on/;

/** An event's line: "comm tid [cpu] time:" is perf's, "comm-tid … [cpu]" that of the others. */
const PERF_EVENT = /\s(?:\d+\/)?\d+\s+\[\d+\]\s.*\d+\.\d+:|\bPERF_RECORD_/;
const DASH_EVENT = /-\d+\s+(?:\(\s*[\d-]+\)\s+)?\[\d+\]\s/;
/** trace-cmd pads after the event's name, and the kernel does not. */
const PADDED = /\d+\.\d+: \S+:\s{2,}/;
const RSS_STAT_PADDED = /: rss_stat:\s{2}/;

/** Of a whole line of rss_stat, or of what stands above all lines; null: the line does not tell for sure. */
function sureFormOf(line: string): TraceForm | null {
  if (line.length > LONGEST_LOOKED_AT) return null;
  if (isRssStat(line, 'perf')) return 'perf-script';
  if (isRssStat(line, 'ftrace')) return RSS_STAT_PADDED.test(line) ? 'trace-cmd' : 'ftrace';
  if (FTRACE_HEADER.test(line)) return 'ftrace';
  if (TRACE_CMD_HEADER.test(line)) return 'trace-cmd';
  return PERF_HEADER.test(line) ? 'perf-script' : null;
}

/** Of another line; what is wrong with one of rss_stat, its reader tells. */
function likelyFormOf(line: string): TraceForm | null {
  if (line.length > LONGEST_LOOKED_AT) return null;
  if (DASH_EVENT.test(line) || splitRssStat(line, 'ftrace')?.head)
    return PADDED.test(line) ? 'trace-cmd' : 'ftrace';
  const isPerf = PERF_EVENT.test(line) || splitRssStat(line, 'perf') !== null;
  return isPerf ? 'perf-script' : null;
}

const formOfLine = (line: string) => sureFormOf(line) ?? likelyFormOf(line);

function isJson(line: string): boolean {
  try {
    JSON.parse(line);
    return true;
  } catch {
    return false;
  }
}

/** Of any version: those that cannot be read are told by who reads it. */
const OBSERVED_HEAD = /^\{\s*"format"\s*:\s*"rss-err\/observed@/;

function formOf(head: string): Recording['form'] {
  const text = head.trimStart();
  if (OBSERVED_HEAD.test(text)) return OBSERVED;
  // A task's name may begin with a brace.
  const [first = ''] = text.split('\n', 1);
  if (text.startsWith('{') && (formOfLine(first) === null || isJson(first))) return 'ndjson';
  const lines = head.split('\n', MOST_LINES);
  for (const formOfOne of [sureFormOf, likelyFormOf]) {
    for (const line of lines) {
      const form = formOfOne(line);
      if (form !== null) return form;
    }
  }
  return 'csv';
}

export function isTraceForm(form: Recording['form']): form is TraceForm {
  return TRACE_FORMS.some((name) => name === form);
}

/** @throws InputError where there is no text at all, or what has to be made readable first. */
export async function recognise(chunks: Chunks, origin: string): Promise<Recording> {
  const [head, all] = await peek(chunks);
  if (head.trim() === '') throw new InputError('empty: expected recorded updates').within(origin);
  const fault = foreignFault(head);
  if (fault !== null) throw new InputError(fault).within(origin, ' ');
  return { form: formOf(head), chunks: all };
}

/** What makes text of a Perfetto trace. */
const TRACECONV = 'traceconv systrace';

/** Magic bytes, decoded as text: bytes that are no UTF-8 are U+FFFD. */
const BINARY: readonly (readonly [magic: string, fault: string])[] = [
  // tools/perf/util/header.c, __perf_magic2; perf record writes it in the machine's own byte order.
  ['PERFILE2', `is as perf record wrote it: print it with ${PERF_SCRIPT}`],
  // trace-cmd.dat(5).
  ['\u0017\bDtracing', `is as trace-cmd record wrote it: print it with ${TRACE_CMD_REPORT}`],
];

/** Texts of other programs, and of ours that are read elsewhere. */
const FOREIGN: readonly (readonly [head: RegExp, fault: string])[] = [
  [/^\{\s*"kernel"\s*:/, 'is a run recorded on a real kernel: replay it with --against'],
  // protos/perfetto/trace/trace.proto as text.
  [
    /^\s*(?:packet|ftrace_events|ftrace_packet)\s*\{/,
    `is Perfetto's trace as text: print it as ftrace does with ${TRACECONV}`,
  ],
  [
    /^\s*\{\s*"traceEvents"\s*:/,
    `is a trace for Chrome's viewer, without rss_stat's CPUs: print the trace that it was made of with ${PERF_SCRIPT} or ${TRACECONV}`,
  ],
  [
    /^\s*\{\s*"linux-perf-json-version"\s*:/,
    `is as perf data convert wrote it: print perf.data with ${PERF_SCRIPT}`,
  ],
  [
    /^\s*<(?:!DOCTYPE )?html\b/i,
    'is a page, as systrace wrote it: save the trace in it, from "# tracer:" on, as text',
  ],
  [
    /^[ \t]*\d+\.\d+ .*\/\d+ \w+:\w+\(/m,
    `is as perf trace prints it, without CPUs: record with perf record -e kmem:rss_stat and print it with ${PERF_SCRIPT}`,
  ],
  // kernel/trace/trace_output.c: events that have no raw and no hex form of their own.
  [
    /^[\da-f]+ [\da-f]+ [\da-f]+ type: \d+$/m,
    'has no fields: it was printed with the option raw or hex of tracefs: echo 0 > options/raw, and print it again',
  ],
  [
    /^\S.*: cpus=\d+\n.*: cpus=\d+$/m,
    'holds the reports of several files (trace-cmd report -i): print and replay each by itself',
  ],
  [
    /\0/,
    `is not text: expected recorded updates, or a trace that ${PERF_SCRIPT}, ${TRACE_CMD_REPORT} or ${TRACECONV} has printed`,
  ],
];

/** So many characters are looked at. */
const FOREIGN_HEAD = 16_384;

/** What is wrong with a recording that begins so; null: nothing that is known. */
function foreignFault(head: string): string | null {
  const binary = BINARY.find(([magic]) => head.startsWith(magic));
  const begin = head.slice(0, FOREIGN_HEAD);
  return (binary ?? FOREIGN.find(([form]) => form.test(begin)))?.[1] ?? null;
}
