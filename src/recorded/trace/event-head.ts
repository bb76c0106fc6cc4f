/** The head of an event's line: which task, on which CPU, when. Two grammars, three tools. */

export interface EventHead {
  readonly comm: string;
  readonly tid: number;
  readonly tgid: number | null;
  readonly cpu: number;
  readonly time: string | null;
}

/** `comm  tid [cpu]` is perf's, `comm-tid [cpu]` that of ftrace and trace-cmd. */
export type HeadGrammar = 'perf' | 'ftrace';

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
