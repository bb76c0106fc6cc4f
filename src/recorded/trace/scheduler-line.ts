/** Lines of the scheduler's events: which task ends or begins, and which a CPU turns to. */
import type { TraceEvent } from './event.ts';
import { type EventHead, type HeadGrammar, parseHead } from './event-head.ts';
import { LONGEST_FIELDS, numberOf } from './rss-stat-line.ts';

/** The number behind the last place of a word between two places; NaN where there is none. */
function numberBehind(text: string, word: string, from: number, to = text.length): number {
  const at = text.lastIndexOf(word, to);
  if (at < from) return Number.NaN;
  const start = at + word.length;
  return numberOf(/^[\da-fx]+/.exec(text.slice(start, start + 18))?.[0]);
}

const EXIT = 'sched_process_exit:';
const EXIT_RECORD = 'PERF_RECORD_EXIT(';

/** Of an event, its task and the two that a sched_switch names. */
const MOST_NAMES = 4;

export const SWITCH = 'sched_switch:';
const NEW_TASK = 'task_newtask:';

/** An event and where its name stands in the line; `head`: null where it cannot be read. */
interface NamedEvent {
  readonly name: string;
  readonly at: number;
  readonly head: EventHead | null;
}

/** States X and Z (include/linux/sched.h), as bits EXIT_DEAD and EXIT_ZOMBIE: the task runs no more. */
function isDead(state: string): boolean {
  return /^[XZ]/.test(state) || (numberOf(/^[\dx]+/.exec(state)?.[0]) & 0x30) !== 0;
}

/** Between fields of ftrace's option `fields`: " (0x1f)". */
const HEX = String.raw`(?: \(\S+\))?`;

// More of them in a row than a name of 15 characters has room for (TASK_COMM_LEN).
const LEFT = new RegExp(` prev_pid=([\\da-fx]+)${HEX} prev_prio=\\S+${HEX} prev_state=(\\S+)`);
const TURNED_TO = new RegExp(` next_pid=([\\da-fx]+)${HEX} next_prio=`);
const CLONED = new RegExp(` clone_flags=(?:0x)?([\\da-f]{1,16})${HEX} oom_score_adj=`);

// As trace-cmd's plugin prints it: "prog:12 [120] X ==> prog:13 [120]".
const PLUGIN_LEFT = /:(\d+) \[-?\d+\] (\S+) ==> /;
const PLUGIN_TURNED_TO = /:(\d+) \[-?\d+\]\s*$/;

/** The task that a sched_switch leaves, where it is dead, and the one that it turns to; NaN: not told. */
function switchOf(text: string): { readonly dead: number; readonly next: number } {
  const [, left, state = ''] = LEFT.exec(text) ?? PLUGIN_LEFT.exec(text) ?? [];
  const plugin = text.slice(text.lastIndexOf(' ==> '));
  const [, next] = TURNED_TO.exec(text) ?? PLUGIN_TURNED_TO.exec(plugin) ?? [];
  return { dead: isDead(state) ? numberOf(left) : Number.NaN, next: numberOf(next) };
}

/** The task that ends by an event of exit, whose words begin at a place; NaN: none does. */
function exitedTask(line: string, at: number): number {
  return line.startsWith(EXIT, at)
    ? numberBehind(line, ' pid=', at)
    : Number(/:(\d+)\)/.exec(line.slice(at, at + 60))?.[1]);
}

/** CLONE_THREAD, include/uapi/linux/sched.h. */
const CLONE_THREAD = 0x10000;

/** The thread that a task_newtask tells of, "pid=9385 comm=prog clone_flags=3d0f00 …"; NaN: a process. */
function startedThread(text: string, from: number): number {
  const flags = CLONED.exec(text.slice(from, from + LONGEST_FIELDS));
  const isThread = (Number.parseInt(flags?.[1] ?? '0', 16) & CLONE_THREAD) !== 0;
  return isThread ? numberBehind(text, ' pid=', from, from + NEW_TASK.length) : Number.NaN;
}

/**
 * Where an event is named, and the head before it, null where that cannot be read: a task may have
 * the same name, which then stands in another place.
 */
function eventNamed(text: string, name: string, grammar: HeadGrammar): NamedEvent | null {
  const first = text.indexOf(name);
  for (let at = first, tries = 0; at >= 0 && tries < MOST_NAMES; tries++) {
    const head = parseHead(text.slice(0, text.indexOf(':', at) + 1), grammar);
    if (head !== null) return { name, at, head };
    at = text.indexOf(name, at + 1);
  }
  return first < 0 ? null : { name, at: first, head: null };
}

/** The event of a line that tells what a task or a CPU does; null: it is another. */
export function schedulerEvent(text: string, grammar: HeadGrammar): NamedEvent | null {
  // No task's name is as long as these.
  const exit = eventNamed(text, EXIT, grammar) ?? eventNamed(text, EXIT_RECORD, grammar);
  if (exit !== null) return exit;
  const change = eventNamed(text, SWITCH, grammar);
  if (change !== null && (change.head !== null || LEFT.test(text))) return change;
  const start = eventNamed(text, NEW_TASK, grammar);
  return start?.head ? start : null;
}

/** Which task ended, which thread began, or which task a CPU turned to; null where the line does not tell. */
export function moment(
  text: string,
  { name, at, head }: NamedEvent,
  line: number,
): TraceEvent | null {
  const change = name === SWITCH ? switchOf(text.slice(at)) : null;
  const isExit = name === EXIT || name === EXIT_RECORD;
  const ended = isExit ? exitedTask(text, at) : (change?.dead ?? Number.NaN);
  if (!Number.isNaN(ended)) {
    const cpu = head?.cpu ?? Number(/^.*\[(\d+)\]/.exec(text.slice(0, at))?.[1] ?? 0);
    return { name: 'task-exit', tid: ended, cpu, line };
  }
  if (head === null || isExit) return null;
  const tid = change?.next ?? startedThread(text, at);
  if (Number.isNaN(tid)) return null;
  const { cpu } = head;
  return change === null
    ? { name: 'thread-start', tid, by: head.tid, cpu, line }
    : { name: 'switch', tid, cpu, line };
}
