/** Lines of perf script, ftrace and trace-cmd report: heads, fields, losses, what is no event. */
import { describe, expect, it } from 'vitest';
import { createTraceCounts, type TraceForm } from '../../../../src/recorded/trace/event.ts';
import { createLineParser } from '../../../../src/recorded/trace/parse-line.ts';
import { eventsOf } from '../../../support/trace-steps.ts';

const FIELDS = 'mm_id=42 curr=1 type=MM_ANONPAGES size=8192B';

function parsed(text: string, form: TraceForm) {
  const counts = createTraceCounts();
  return { event: createLineParser(form, 4096, counts).parse(text, 1), counts };
}

const head = { comm: 'rssload-2', tid: 8681, tgid: null, cpu: 0, time: '1541.074583' };

describe('the head of an event', () => {
  it.each([
    [
      'as perf script prints it',
      'perf-script',
      'rssload-2  8681 [000]  1541.074583:  kmem:rss_stat: ',
      {},
    ],
    [
      'with pid and tid',
      'perf-script',
      ' rssload-2  8679/8681 [000]  1541.074583: kmem:rss_stat: ',
      { tgid: 8679 },
    ],
    [
      'with nanoseconds',
      'perf-script',
      'rssload-2  8681 [000]  1541.074583123: kmem:rss_stat: ',
      { time: '1541.074583123' },
    ],
    [
      'with a period',
      'perf-script',
      'rssload-2  8681 [000]  1541.074583:    1  kmem:rss_stat: ',
      {},
    ],
    ["without the event's name", 'perf-script', 'rssload-2  8681 [000]  1541.074583: ', {}],
    ['without a time', 'perf-script', 'rssload-2  8681 [000] kmem:rss_stat: ', { time: null }],
    [
      'of a CPU of four digits',
      'perf-script',
      'rssload-2  8681 [1023]  1541.074583: kmem:rss_stat: ',
      { cpu: 1023 },
    ],
    [
      'of a name with blanks and brackets',
      'perf-script',
      ' a 7 [003] 1.5: b  8681 [000]  1541.074583: kmem:rss_stat: ',
      { comm: 'a 7 [003] 1.5: b' },
    ],
    [
      'of a name that is a number',
      'perf-script',
      '   99  8681 [000]  1541.074583: kmem:rss_stat: ',
      { comm: '99' },
    ],
    [
      'as ftrace prints it',
      'ftrace',
      ' rssload-2-8681    [000] d..2.  1541.074583: rss_stat: ',
      {},
    ],
    [
      'with the thread group',
      'ftrace',
      ' rssload-2-8681    (   8679) [000] d..2.  1541.074583: rss_stat: ',
      { tgid: 8679 },
    ],
    [
      'with a thread group that is not known',
      'ftrace',
      ' rssload-2-8681    (-------) [000] .....  1541.074583: rss_stat: ',
      {},
    ],
    ['with four flags', 'ftrace', ' rssload-2-8681    [000] d..2  1541.074583: rss_stat: ', {}],
    ['without flags', 'ftrace', ' rssload-2-8681    [000]  1541.074583: rss_stat: ', {}],
    [
      'of a name that is not known',
      'ftrace',
      ' <...>-8681    [000] d..2.  1541.074583: rss_stat: ',
      { comm: '<...>' },
    ],
    [
      'of a name with dashes and digits',
      'ftrace',
      ' a-1 [7]-2 b-8681    [000] d..2.  1541.074583: rss_stat: ',
      { comm: 'a-1 [7]-2 b' },
    ],
    [
      'as trace-cmd prints it',
      'trace-cmd',
      ' rssload-2-8681  [000]  1541.074583: rss_stat:             ',
      {},
    ],
    [
      "with trace-cmd's time since the event before",
      'trace-cmd',
      ' rssload-2-8681  [000]  1541.074583: (+28873) rss_stat:             ',
      {},
    ],
    [
      "in ftrace's latency format",
      'ftrace',
      'rssload--8681      0...1. 1541074583us+: rss_stat: ',
      { comm: 'rssload-' },
    ],
    [
      'in the latency format of a CPU of four digits',
      'ftrace',
      '    bash-8681   1023d..2. 23797us : rss_stat: ',
      { comm: 'bash', cpu: 1023, time: '0.023797' },
    ],
    [
      'in the latency format with its option verbose',
      'ftrace',
      '       rssload-2    8681   0 0 00000001 00000000 [187a2f496] 1541074.583ms (+0.005ms): rss_stat: ',
      {},
    ],
    [
      'in the latency format of trace-cmd',
      'trace-cmd',
      'rssload--8681    0...1.  1541.074583: rss_stat:             ',
      { comm: 'rssload-' },
    ],
    [
      'as Perfetto prints it',
      'ftrace',
      ' rssload_2-8681  (-----) [000] .... 1541.074583: rss_stat: ',
      { comm: 'rssload_2' },
    ],
    [
      'of a clock that counts no time',
      'ftrace',
      ' rssload-2-8681    [000] ...1. 6432014779043: rss_stat: ',
      { time: '6432014779043' },
    ],
    [
      'of a task that is called like the event',
      'ftrace',
      ' rss_stat: m-8681    [000] ...1. 1541.074583: rss_stat: ',
      { comm: 'rss_stat: m' },
    ],
  ] as const)('%s', (_, form, text, differs) => {
    expect(parsed(text + FIELDS, form).event).toEqual({
      ...{ name: 'rss_stat', mmId: 42, curr: true, member: 'anon', sizePages: 2, line: 1 },
      ...head,
      ...differs,
    });
  });

  it.each([
    [
      'perf-script',
      'kmem:rss_stat: ',
      /does not begin with task, pid, \[CPU\] and time: print it with perf script .*-F comm,pid,tid,cpu/,
    ],
    [
      'perf-script',
      'prog  12  1541.074583: kmem:rss_stat: ',
      /does not begin with task, pid, \[CPU\]/,
    ],
    [
      'ftrace',
      'rss_stat: ',
      /does not begin with task-pid, \[CPU\] and time: print it with trace-cmd report, or from tracefs with the option context-info/,
    ],
  ] as const)('is demanded: %s %s', (form, text, message) => {
    expect(() => parsed(text + FIELDS, form)).toThrow(message);
  });
});

describe('the fields of rss_stat', () => {
  const line = (fields: string) => `prog 12 [003] 1.5: kmem:rss_stat: ${fields}`;

  it.each([
    [
      'the four members',
      'mm_id=1 curr=0 type=MM_SHMEMPAGES size=0B',
      { member: 'shmem', sizePages: 0, curr: false },
    ],
    [
      'the numbers of kernels before the names',
      'mm_id=1 curr=1 member=2 size=4096B',
      { member: 'swap' },
    ],
    [
      'raw output',
      'mm_id=0xffffffff curr=1 member=0 size=16384',
      { member: 'file', sizePages: 4, mmId: 2 ** 32 - 1 },
    ],
    [
      'a negative approximate size',
      'mm_id=1 curr=1 type=MM_ANONPAGES size=-8192B',
      { sizePages: -2 },
    ],
    [
      'what follows',
      'mm_id=1 curr=1 type=MM_ANONPAGES size=4096B  ffffffff81 add_mm',
      { sizePages: 1 },
    ],
    [
      "Perfetto's order, without B",
      'size=8437760 member=1 curr=1 mm_id=2824390453',
      { member: 'anon', sizePages: 2060, curr: true, mmId: 2824390453 },
    ],
    [
      'what libtraceevent cannot format',
      '[FAILED TO PARSE] mm_id=2093882306 curr=0 member=1 size=16384',
      { member: 'anon', sizePages: 4, curr: false, mmId: 2093882306 },
    ],
    [
      "ftrace's option fields, in which an mm_id may be negative",
      'mm_id=0xd43353d2 (-734833710) curr=0x1 (1) member=0x1 (1) size=0xf9000 (1019904)',
      { member: 'anon', sizePages: 249, curr: true, mmId: 0xd43353d2 },
    ],
    [
      'a negative size in hexadecimal',
      'mm_id=0x1 (1) curr=0x1 (1) member=0x0 (0) size=0xffffffffffffe000 (-8192)',
      { member: 'file', sizePages: -2 },
    ],
    ['a line end of DOS', 'mm_id=1 curr=1 type=MM_ANONPAGES size=4096B\r', { sizePages: 1 }],
  ])('%s', (_, fields, expected) => {
    expect(parsed(line(fields), 'perf-script').event).toMatchObject(expected);
  });

  it.each([
    ['mm_id=1 curr=1 type=MM_ANONPAGES size='],
    ['mm_id=1 curr=1 type=MM_ANONPA'],
    ['mm_id='],
    ['mm_id=12345678901234567890 curr=1 type=MM_ANONPAGES size=4096B'],
    ['mm_id=1 curr=2 type=MM_ANONPAGES size=4096B'],
    ['mm_id=1 curr=0 type=MM_NO_TYPE type_size=0B node=2 node_size=32768B diff_size=-8192B'],
  ])('that are cut short or malformed are a loss: %s', (fields) => {
    const { event, counts } = parsed(line(fields), 'perf-script');
    expect(event).toEqual({ name: 'loss', line: 1 });
    expect(counts.malformed).toEqual({ count: 1, firstLine: 1 });
  });

  it('that lose their B, after others had one, are cut short', async () => {
    const whole = line('mm_id=1 curr=1 type=MM_ANONPAGES size=40960B');
    const { counts, events } = await eventsOf(`${whole}\n${whole}\n${whole.slice(0, -2)}`);
    expect(counts).toMatchObject({ rssStatEvents: 2, malformed: { count: 1, firstLine: 3 } });
    expect(events.at(-1)).toEqual({ name: 'loss', line: 3 });
  });

  it('of a member that the model does not have are counted, and no event', () => {
    const { event, counts } = parsed(
      line('mm_id=1 curr=1 type=MM_UNRECLAIMABLE size=4096B'),
      'perf-script',
    );
    expect(event).toBeNull();
    expect(counts.otherEvents).toBe(1);
  });

  it('that are no whole pages name the page size', () => {
    const counts = createTraceCounts();
    const { parse } = createLineParser('perf-script', 65536, counts);
    expect(() => parse(line('mm_id=1 curr=1 type=MM_ANONPAGES size=4096B'), 9)).toThrow(
      'line 9: size is 4096B: not a whole number of pages of 64 KiB (--page-size)',
    );
  });
});

describe('a task that ends', () => {
  it.each([
    [
      'sched_process_exit',
      'perf-script',
      'prog 12 [003] 1.5: sched:sched_process_exit: comm=prog pid=12 prio=120',
    ],
    [
      'a switch from a dead task',
      'ftrace',
      ' prog-12    [003] d..2.  1.5: sched_switch: prev_comm=prog prev_pid=12 prev_prio=120 prev_state=X ==> next_comm=swapper/3 next_pid=0 next_prio=120',
    ],
    [
      'a switch from a zombie',
      'trace-cmd',
      ' prog-12    [003]  1.5: sched_switch:  prev_comm=prog prev_pid=12 prev_prio=120 prev_state=Z ==> next_comm=swapper/3 next_pid=0 next_prio=120',
    ],
    [
      "a switch as trace-cmd's plugin prints it",
      'trace-cmd',
      ' prog-12    [003]  1.5: sched_switch:         a:1 [2] X ==>:12 [130] X ==> swapper/3:0 [120]',
    ],
    [
      'a switch in raw output',
      'trace-cmd',
      ' <...>-12    [003]  1.5: sched_switch:          prev_comm=prog prev_pid=12 prev_prio=120 prev_state=32 next_comm=swapper/3 next_pid=0 next_prio=120',
    ],
    [
      "ftrace's option fields",
      'ftrace',
      ' prog-12    [003] ..... 1.5: sched_process_exit: comm=x pid=7 pid=0xc (12) prio=0x78 (120) group_dead=(1)',
    ],
    [
      'the latency format',
      'ftrace',
      '    prog-12      3..... 6432032423us : sched_process_exit: comm=prog pid=12 prio=120 group_dead=true',
    ],
  ] as const)('is told by %s', (_, form, text) => {
    expect(parsed(text, form).event).toEqual({ name: 'task-exit', tid: 12, cpu: 3, line: 1 });
  });

  it("is told by perf's task events", () => {
    const text = ' prog 12 [003] 1.5: PERF_RECORD_EXIT(10:12):(10:10)';
    expect(parsed(text, 'perf-script').event).toMatchObject({ name: 'task-exit', tid: 12 });
  });

  it('is not one that sleeps', () => {
    const text =
      ' prog-12    [003] d..2.  1.5: sched_switch: prev_comm=prog prev_pid=12 prev_prio=120 prev_state=S ==> next_comm=swapper/3 next_pid=0 next_prio=120';
    const { event, counts } = parsed(text, 'ftrace');
    expect(event).toEqual({ name: 'switch', tid: 0, cpu: 3, line: 1 });
    expect(counts.switches).toBe(1);
  });
});

describe('the task that a CPU turns to', () => {
  it.each([
    [
      'the fields',
      'prev_comm=a prev_pid=12 prev_prio=120 prev_state=R+ ==> next_comm=b next_pid=31 next_prio=120',
    ],
    [
      'numbers',
      'prev_comm=a prev_pid=12 prev_prio=120 prev_state=1 next_comm=b next_pid=31 next_prio=120',
    ],
    ["trace-cmd's plugin", 'a:12 [120] S ==> b:31 [120]'],
  ])('is told by %s', (_, fields) => {
    const text = ` a-12    [003] d..2.  1.5: sched_switch: ${fields}`;
    const { event, counts } = parsed(text, 'ftrace');
    expect(event).toEqual({ name: 'switch', tid: 31, cpu: 3, line: 1 });
    expect(counts.switches).toBe(1);
  });

  it('is not told by what is cut short', () => {
    expect(
      parsed(' a-12 [003] d..2. 1.5: sched_switch: prev_comm=a prev_pid=12', 'ftrace').event,
    ).toBeNull();
  });
});

describe('the start of a thread', () => {
  const started = (flags: string, head = ' prog-12    [003] d..2.  1.5: ') =>
    parsed(`${head}task_newtask: pid=31 comm=prog clone_flags=${flags} oom_score_adj=0`, 'ftrace');

  it('is told by task_newtask with CLONE_THREAD', () => {
    const { event, counts } = started('3d0f00');
    expect(event).toEqual({ name: 'thread-start', tid: 31, by: 12, cpu: 3, line: 1 });
    expect(counts.otherEvents).toBe(1);
    const perf =
      ' prog 10/12 [003] 1.5:   1 task:task_newtask: pid=31 comm=prog clone_flags=3d0f00 oom_score_adj=0';
    expect(parsed(perf, 'perf-script').event).toEqual(event);
  });

  it('is neither a fork nor a vfork, which shares the mm', () => {
    expect(started('1200000').event).toBeNull();
    expect(started('4100').event).toBeNull();
  });
});

describe('a loss', () => {
  it.each([
    ['perf', 'perf-script', ' prog 18733 [001]  2483.661698: PERF_RECORD_LOST lost 71', 71],
    ['ftrace', 'ftrace', 'CPU:1 [LOST 12 EVENTS]', 12],
    ['trace-cmd', 'trace-cmd', 'CPU:7 [204600 EVENTS DROPPED]', 204600],
    ['trace-cmd, without a number', 'trace-cmd', 'CPU:7 [EVENTS DROPPED]', 0],
    [
      "ftrace's overwritten buffers",
      'ftrace',
      '# entries-in-buffer/entries-written: 621/2203   #P:2',
      1582,
    ],
    ['a buffer that begins late', 'ftrace', '##### CPU 2 buffer started ####', 0],
  ] as const)('is told by %s', (_, form, text, lost) => {
    const { event, counts } = parsed(text, form);
    expect(event).toEqual({ name: 'loss', line: 1 });
    expect(counts).toMatchObject({ losses: { count: 1, firstLine: 1 }, lostEvents: lost });
  });

  it('is none where as many entries are in the buffer as were written', () => {
    const { event, counts } = parsed(
      '# entries-in-buffer/entries-written: 621/621   #P:2',
      'ftrace',
    );
    expect(event).toBeNull();
    expect(counts.losses.count).toBe(0);
  });
});

describe('what is no event', () => {
  it.each([
    ['', 0, 0],
    ['# tracer: nop', 0, 0],
    ['cpus=2', 0, 0],
    ['CPU 3 is empty', 0, 0],
    ['\tffffffff8124 handle_mm_fault+0x12 ([kernel.kallsyms])', 0, 0],
    ['prog 12 [003] 1.5: page-faults:u: 1234', 1, 0],
    ['hello', 0, 1],
  ] as const)('is passed over or counted: %j', (text, otherEvents, unknown) => {
    const { event, counts } = parsed(text, 'perf-script');
    expect(event).toBeNull();
    expect(counts).toMatchObject({ otherEvents, unknownLines: { count: unknown } });
  });

  it('is the switch of a task that is called like two fields of rss_stat', () => {
    const text =
      '  mm_id=5 size=1-11 [000] 1.000003: sched_switch:  mm_id=5 size=1:11 [120] R ==> app:7 [120]';
    const { event, counts } = parsed(text, 'trace-cmd');
    expect(event).toMatchObject({ name: 'switch', tid: 7, cpu: 0 });
    expect(counts.malformed.count).toBe(0);
  });

  it('in an order that is not that of time is counted', async () => {
    const at = (time: string) => `prog 12 [003] ${time}: kmem:rss_stat: ${FIELDS}\n`;
    const { counts } = await eventsOf(at('1.5') + at('1.7') + at('1.6') + at('1.6'));
    expect(counts.outOfOrder).toEqual({ count: 1, firstLine: 3 });
  });

  it('is refused where nothing else is there', async () => {
    await expect(eventsOf('# tracer: nop\n#\n')).rejects.toThrow(
      'file: no rss_stat event in 2 lines',
    );
  });
});

describe('a line of any length', () => {
  const WORDS = [
    ...['sched_switch:', 'sched_process_exit:', 'PERF_RECORD_LOST', 'PERF_RECORD_EXIT(1:'],
    ...['rss_stat:', 'mm_id=1 ', 'size=', ' pid=1', ' prev_pid=1 ', ' prev_state=', ' ==> '],
    ...['[0]', '1.1:', '-1 [0] ', ':1 [1] X', '0...1. ', '1us : ', 'CPU:1 [', ' ', '\t', '1', 'a'],
  ];

  it.each(['perf-script', 'ftrace', 'trace-cmd'] as const)(
    'takes no more time than its length: %s',
    (form) => {
      const { parse } = createLineParser(form, 4096, createTraceCounts());
      const seconds = (length: number) => {
        const before = performance.now();
        for (const word of WORDS) {
          for (const other of WORDS) {
            const line = `${word}${other.repeat(length / other.length)}${word}x`;
            try {
              parse(line, 1);
            } catch {
              // Refused, and quickly.
            }
          }
        }
        return performance.now() - before;
      };
      // 500 lines of the longest: quadratic time would be minutes.
      expect(seconds(64_000)).toBeLessThan(3000);
    },
  );
});
