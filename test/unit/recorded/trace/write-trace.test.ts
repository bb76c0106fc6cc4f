/** Lines that perf and ftrace printed of a real kernel (6.18.44) come out of their fields again. */
import { describe, expect, it } from 'vitest';
import { formatRssStat, formatTaskExit } from '../../../../src/recorded/trace/write-trace.ts';

const event = {
  time: '2483.660040',
  cpu: 0,
  tid: 18733,
  tgid: null,
  comm: 'perf-exec',
  mmId: 3157909039,
  curr: true,
  member: 'file',
  sizePages: 1323008 / 4096,
} as const;

describe('an event', () => {
  it('is written as perf script wrote it', () => {
    expect(formatRssStat(event, 'perf', 4096)).toBe(
      '       perf-exec 18733 [000]  2483.660040: kmem:rss_stat: mm_id=3157909039 curr=1 type=MM_FILEPAGES size=1323008B\n',
    );
  });

  it('is written as ftrace wrote it with record-tgid', () => {
    const forked = { ...event, time: '1627.257492', cpu: 1, tid: 9364, tgid: 9364, comm: 'bash' };
    const added = {
      ...forked,
      mmId: 4261266800,
      curr: false,
      member: 'anon',
      sizePages: 4,
    } as const;
    expect(formatRssStat(added, 'ftrace', 4096)).toBe(
      '            bash-9364    (   9364) [001] ...1.  1627.257492: rss_stat: mm_id=4261266800 curr=0 type=MM_ANONPAGES size=16384B\n',
    );
  });

  it('has a size in bytes of the page, and dashes for a group that is not known', () => {
    expect(formatRssStat({ ...event, sizePages: 3 }, 'ftrace', 65536)).toContain(
      'perf-exec-18733   (-------) [000] ...1.  2483.660040: rss_stat: mm_id=3157909039 curr=1 type=MM_FILEPAGES size=196608B',
    );
  });

  it('of a task that ends names the task', () => {
    expect(formatTaskExit(event, 'perf')).toBe(
      '       perf-exec 18733 [000]  2483.660040: sched:sched_process_exit: comm=perf-exec pid=18733 prio=120\n',
    );
  });
});
