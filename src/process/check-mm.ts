/** check_mm(): what the kernel says of an mm whose counters are not zero at its end. */
import { TRACE_TYPES } from '../recorded/trace/event-fields.ts';

export interface CheckedMm {
  /** Stands for the hashed address that %p prints. */
  readonly mmId: number;
  /** The task that drops the mm last: 6.18 tells it. */
  readonly comm: string;
  readonly pid: number;
}

/** The forms of the message: 6.18 tells the task (posted on 23 July 2025), 6.12 does not. */
export type CheckMmForm = 'with task' | 'without task';

/** %p of a hashed pointer: sixteen digits. */
function hashedPointer(mmId: number): string {
  return mmId.toString(16).padStart(16, '0');
}

/**
 * A line for each member whose precise sum (pages, not clamped) is not 0, as check_mm() prints it
 * when the last user of an mm goes (kernel/fork.c, __mmdrop()); none where all is well.
 */
export function checkMm(
  preciseSum: (member: number) => number,
  { mmId, comm, pid }: CheckedMm,
  form: CheckMmForm = 'with task',
): string[] {
  return TRACE_TYPES.flatMap((name, member) => {
    const sum = preciseSum(member);
    if (sum === 0) return [];
    const task = form === 'with task' ? ` Comm:${comm} Pid:${pid}` : '';
    return [`BUG: Bad rss-counter state mm:${hashedPointer(mmId)} type:${name} val:${sum}${task}`];
  });
}
