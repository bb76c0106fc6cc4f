/** Events as the lines of a trace: what `perf script` and ftrace print of them. */
import { MEMBER } from '../../kernel/rss-stat.ts';
import { type PageSize, pagesToBytes } from '../../units.ts';
import type { RssStatEvent } from './event.ts';
import { TRACE_TYPES } from './rss-stat-line.ts';

export const WRITTEN_FORMS = ['perf', 'ftrace'] as const;

export type WrittenForm = (typeof WRITTEN_FORMS)[number];

/** Which task, where and when. */
type EventTask = Pick<RssStatEvent, 'time' | 'cpu' | 'tid' | 'tgid' | 'comm'>;

/** An event before it has a line. */
export type WrittenRssStat = Omit<RssStatEvent, 'name' | 'line'>;

/**
 * The head of a line. perf (tools/perf/builtin-script.c): comm and task, CPU, time; the system in
 * front of the event's name. ftrace (kernel/trace/trace_output.c, option record-tgid): comm-task,
 * group, CPU, flags, time. An event without a time is taken for one at 0.
 */
function head({ comm, tid, tgid, cpu, time }: EventTask, form: WrittenForm): string {
  const at = `[${`${cpu}`.padStart(3, '0')}]`;
  const [seconds = '0', decimals = '000000'] = (time ?? '0.000000').split('.');
  const when = `${seconds.padStart(5)}.${decimals}`;
  if (form === 'perf') return `${comm.padStart(16)} ${`${tid}`.padStart(5)} ${at} ${when}: `;
  const group = `(${(tgid === null ? '-------' : `${tgid}`).padStart(7)})`;
  return `${comm.padStart(16)}-${`${tid}`.padEnd(7)} ${group} ${at} ...1. ${when}: `;
}

/** What a trace begins with: nothing of perf's, ftrace's tracer. */
export function traceHead(form: WrittenForm): string {
  return form === 'perf' ? '' : '# tracer: nop\n#\n';
}

/** `rss_stat` (include/trace/events/kmem.h, mm_trace_rss_stat()), with its line end. */
export function formatRssStat(
  event: WrittenRssStat,
  form: WrittenForm,
  pageSize: PageSize,
): string {
  const name = form === 'perf' ? 'kmem:rss_stat' : 'rss_stat';
  const { mmId, curr, member, sizePages } = event;
  const size = pagesToBytes(sizePages, pageSize);
  const fields = `mm_id=${mmId} curr=${curr ? 1 : 0} type=${TRACE_TYPES[MEMBER[member]]} size=${size}B`;
  return `${head(event, form)}${name}: ${fields}\n`;
}

/** `sched_process_exit` (include/trace/events/sched.h): the task ends. */
export function formatTaskExit(task: EventTask, form: WrittenForm): string {
  const name = form === 'perf' ? 'sched:sched_process_exit' : 'sched_process_exit';
  return `${head(task, form)}${name}: comm=${task.comm} pid=${task.tid} prio=120\n`;
}
