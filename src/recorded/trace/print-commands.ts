/** The commands that print as text what a tool has recorded in a form of its own: for messages. */

export const PERF_SCRIPT =
  'perf script --ns --show-lost-events -F comm,pid,tid,cpu,time,event,trace';

export const TRACE_CMD_REPORT = 'trace-cmd report';
