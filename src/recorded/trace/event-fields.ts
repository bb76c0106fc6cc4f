/** What an event says after its name: the fields of rss_stat, the tasks of scheduler events. */
import { MEMBERS, type MemberName } from '../../kernel/rss-stat.ts';

/** The kernel's names (include/trace/events/kmem.h, TRACE_MM_PAGES), in the order of MEMBERS. */
export const TRACE_TYPES = [
  'MM_FILEPAGES',
  'MM_ANONPAGES',
  'MM_SWAPENTS',
  'MM_SHMEMPAGES',
] as const;

export interface RssStatFields {
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
export function parseRssStat(text: string): RssStatFields | null {
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
export function endedTask(line: string): number | null {
  const match = EXIT.exec(line) ?? DEAD.exec(line) ?? PERF_EXIT.exec(line);
  return match === null ? null : Number(match[1]);
}
