/** What stands before an event's name in a line of a trace: the task, its CPU and the time. */
import type { RssStatEvent } from './event.ts';

/** Which task, on which CPU, when: what stands before an event's name. */
export type EventHead = Pick<RssStatEvent, 'comm' | 'tid' | 'tgid' | 'cpu' | 'time'>;

/** `comm  tid [cpu]` is perf's, `comm-tid [cpu]` that of ftrace and trace-cmd. */
export type HeadGrammar = 'perf' | 'ftrace';

/** Heads are some 60 characters; beyond this a line is no event, and costs no time to refuse. */
export const LONGEST_HEAD = 400;

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
