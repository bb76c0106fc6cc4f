/** Lines read from bytes say what the parser of single lines says of them, whatever has happened to them. */
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { InputError } from '../../src/errors.ts';
import type { TraceForm } from '../../src/recorded/trace/event.ts';
import { createBytesParser, createLineRows } from '../../src/recorded/trace/parse-bytes.ts';
import { eventsOf } from '../support/trace-steps.ts';

const HEADS: Readonly<Record<TraceForm, readonly string[]>> = {
  'perf-script': [
    '       rssload-2  8681/8683 [000]  1541.074583:          1 kmem:rss_stat: ',
    'a b 7 [1] 12.5: rss_stat: ',
    '   x[3] 1 [0]  8681 [007]  1541.074583999: kmem:rss_stat: ',
  ],
  ftrace: [
    '            bash-9364    [001] ...1.  1627.069500: rss_stat: ',
    '       rssload-0-9384    (   9380) [001] d..2.  1627.137712: rss_stat: ',
    '    a-1 [2] b-77 (-------) [1023] 1.5: rss_stat: ',
  ],
  'trace-cmd': ['            bash-9551  [000]  1658.250483: rss_stat:             '],
};

const FIELDS = [
  'mm_id=3381122230 curr=1 type=MM_FILEPAGES size=1732608B',
  'mm_id=7 curr=0 type=MM_ANONPAGES size=-4096B',
  'mm_id=999999999999999 curr=1 type=MM_SHMEMPAGES size=0B',
  'mm_id=12 curr=1 type=MM_SWAPENTS size=8192B',
];

/** What may stand where something else stood. */
const PIECES = [
  ...['', ' ', '  ', '\t', '-', '[', ']', '(', ')', ':', '.', '0', '12345678901', 'é', '\r', 'B'],
  ...['rss_stat:', 'mm_id=', ' size=', 'MM_', 'kmem:', '[5]', '-9 [2] ', '\n', '4097B', '-0B'],
];

const line = (form: TraceForm) =>
  fc.record({
    head: fc.constantFrom(...HEADS[form]),
    fields: fc.constantFrom(...FIELDS),
    edits: fc.array(
      fc.record({
        at: fc.nat(140),
        length: fc.nat(3),
        piece: fc.constantFrom(...PIECES),
      }),
      { maxLength: 2 },
    ),
  });

function edited(text: string, edits: readonly { at: number; length: number; piece: string }[]) {
  return edits.reduce((now, { at, length, piece }) => {
    const from = at % (now.length + 1);
    return now.slice(0, from) + piece + now.slice(from + length);
  }, text);
}

describe('a trace read from bytes', () => {
  it.each(['perf-script', 'ftrace', 'trace-cmd'] as const)(
    'is that read line by line: %s',
    async (form) => {
      const good = `${HEADS[form][0]}${FIELDS[0]}`;
      await fc.assert(
        fc.asyncProperty(
          fc.array(line(form), { maxLength: 12 }),
          fc.integer({ min: 1, max: 400 }),
          async (lines, size) => {
            const texts = lines.map(({ head, fields, edits }) => edited(head + fields, edits));
            // Compared within, faults too.
            await eventsOf([good, ...texts].join('\n'), 4096, size).catch((fault) => {
              if (!(fault instanceof InputError)) throw fault;
            });
          },
        ),
        { numRuns: 300 },
      );
    },
  );

  it.each([
    ['ftrace', 'ftrace-rss_stat.txt'],
    ['ftrace', 'ftrace-tgid.txt'],
    ['perf-script', 'perf-script-rss_stat.txt'],
    ['trace-cmd', 'trace-cmd-report.txt'],
  ] as const)('is read so but for few lines: %s of %s', (form, file) => {
    const text = readFileSync(new URL(`../golden/traces/${file}`, import.meta.url));
    const bytes = new Uint8Array(text.length + 1024);
    bytes.set(text);
    const rows = createLineRows(100_000);
    createBytesParser(form, 4096).parse(bytes.subarray(0, text.lastIndexOf(0x0a) + 1), 0, rows);
    const events = text
      .toString()
      .split('\n')
      .filter((one) => one.includes('rss_stat:'));
    expect(rows.known.reduce((sum, known) => sum + known, 0)).toBe(events.length);
  });
});

describe('a task of any name', () => {
  /** What a name may be mistaken for; and what may stand around it. */
  const WORDS = [
    ...['rss_stat:', 'mm_id=', 'mm_id=1 ', ' size=4096B', ' size=', 'curr=1', ' type=', '[003]'],
    ...['-123', '-1 [2] ', '7 [2] ', '7/8 [2]', '1.5: ', 'sched_switch:', 'task_newtask:', ' ==> '],
    ...[' prev_state=X', ' prev_pid=1', ' next_pid=1', ' pid=1', '(12)', ':1 [1] X', 'x', ' ', '#'],
  ];
  const name = fc
    .array(fc.constantFrom(...WORDS), { minLength: 1, maxLength: 4 })
    .map((words) => words.join('').slice(0, 15).trim())
    .filter((text) => text !== '');

  const HEAD: Readonly<Record<TraceForm, (comm: string) => string>> = {
    'perf-script': (comm) => `${comm.padStart(16)}  8681/8683 [005]  1541.074583: `,
    ftrace: (comm) => `${comm.padStart(16)}-8681    (   8679) [005] d..2.  1541.074583: `,
    'trace-cmd': (comm) => `${comm.padStart(16)}-8681  [005]  1541.074583: `,
  };

  const EVENTS: readonly ((one: string, other: string) => string)[] = [
    () => `rss_stat: ${FIELDS[0]}`,
    () => `rss_stat: ${FIELDS[1]}`,
    (one, other) =>
      `sched_switch: prev_comm=${one} prev_pid=8681 prev_prio=120 prev_state=X ==> next_comm=${other} next_pid=77 next_prio=120`,
    (one, other) =>
      `sched_switch: prev_comm=${one} prev_pid=8681 prev_prio=120 prev_state=S ==> next_comm=${other} next_pid=77 next_prio=120`,
    (one) => `sched_process_exit: comm=${one} pid=8681 prio=120`,
    (one) => `task_newtask: pid=99 comm=${one} clone_flags=3d0f00 oom_score_adj=0`,
    (_, other) => `sched_wakeup: comm=${other} pid=77 prio=120 target_cpu=003`,
  ];

  it.each(['perf-script', 'ftrace', 'trace-cmd'] as const)(
    'changes nothing but the name: %s',
    async (form) => {
      const textOf = (events: readonly number[], one: string, other: string) =>
        `${events.map((i) => `${HEAD[form](one)}${EVENTS[i]!(one, other)}\n`).join('')}${HEAD[form](one)}${EVENTS[0]!(one, other)}\n`;
      await fc.assert(
        fc.asyncProperty(
          fc.array(fc.nat(EVENTS.length - 1), { maxLength: 8 }),
          name,
          name,
          async (events, one, other) => {
            const plain = await eventsOf(textOf(events, 'prog', 'other'), 4096, 10_000);
            const read = await eventsOf(textOf(events, one, other), 4096, 10_000);
            expect(read.form).toBe(form === 'trace-cmd' ? 'ftrace' : form);
            expect(read.counts).toEqual(plain.counts);
            expect(read.events).toEqual(
              plain.events.map((event) =>
                event.name === 'rss_stat' ? { ...event, comm: one } : event,
              ),
            );
          },
        ),
        { numRuns: 300 },
      );
    },
  );
});
