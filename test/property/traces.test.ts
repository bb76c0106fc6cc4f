/** Traces: what is written is read back, sizes become the updates that made them, no line is fatal. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { InputError } from '../../src/errors.ts';
import { MEMBER, MEMBERS } from '../../src/kernel/rss-stat.ts';
import {
  createTraceCounts,
  type RssStatEvent,
  TRACE_FORMS,
} from '../../src/recorded/trace/event.ts';
import { createLineParser } from '../../src/recorded/trace/parse-line.ts';
import { formatRssStat, traceHead } from '../../src/recorded/trace/write-trace.ts';
import { rowShapes } from '../../src/update/record.ts';
import { eventsOf, rssStats, stepsOf } from '../support/trace-steps.ts';

/** A name as the kernel lets one be, but for blanks at its ends, which padding hides. */
const comm = fc
  .string({ unit: fc.constantFrom(...'ab7 -/:[](){}<>.#_B='), minLength: 1, maxLength: 15 })
  .filter((text) => text.trim() === text);

const event: fc.Arbitrary<RssStatEvent> = fc.record({
  name: fc.constant('rss_stat' as const),
  time: fc
    .tuple(fc.nat(1_000_000), fc.nat(999_999))
    .map(([seconds, micros]) => `${seconds}.${`${micros}`.padStart(6, '0')}`),
  cpu: fc.nat(5000),
  tid: fc.nat(2 ** 22),
  tgid: fc.option(fc.nat(2 ** 22)),
  comm,
  mmId: fc.nat(2 ** 32 - 1),
  curr: fc.boolean(),
  member: fc.constantFrom(...MEMBERS),
  sizePages: fc.integer({ min: -(2 ** 31), max: 2 ** 31 }),
  line: fc.constant(0),
});

describe('events', () => {
  it.each(['perf', 'ftrace'] as const)(
    'written as lines of %s are read back, wherever the chunks end',
    async (form) => {
      await fc.assert(
        fc.asyncProperty(
          fc.array(event, { minLength: 1 }),
          fc.integer({ min: 1, max: 300 }),
          fc.constantFrom(4096 as const, 65536 as const),
          async (events, size, pageSize) => {
            const head = traceHead(form);
            const text = head + events.map((one) => formatRssStat(one, form, pageSize)).join('');
            const read = await eventsOf(text, pageSize, size);
            const first = head.split('\n').length;
            expect(read.events).toEqual(
              events.map((one, i) => ({
                ...one,
                // perf prints the task alone.
                tgid: form === 'perf' ? null : one.tgid,
                line: first + i,
              })),
            );
            expect(read.counts).toMatchObject({ rssStatEvents: events.length, otherEvents: 0 });
            expect(read.counts.malformed.count + read.counts.unknownLines.count).toBe(0);
          },
        ),
        { numRuns: 200 },
      );
    },
  );
});

/** One add of a process of five tasks on four CPUs; sizes stay above 0 by starting high. */
const add = fc.record({
  mm: fc.nat(2),
  cpu: fc.nat(3),
  tid: fc.nat(4),
  curr: fc.boolean(),
  member: fc.constantFrom(...MEMBERS),
  pages: fc.oneof(
    fc.constantFrom(1, 2, 16, 512, -1, -512),
    fc.integer({ min: -600, max: 600 }).filter((pages) => pages !== 0),
  ),
});

const START = 1_000_000;

interface Row {
  readonly cpu: number;
  readonly member: number;
  readonly pages: number;
}

describe('the sizes after a stream of updates', () => {
  it('become updates of the same pages, in order, on the same CPUs', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(add, { minLength: 1, maxLength: 200 }), async (adds) => {
        const sizes = new Map<string, number>();
        const lines: string[] = [];
        for (const { mm, cpu, tid, curr, member, pages } of adds) {
          const key = `${mm} ${member}`;
          const before = sizes.get(key);
          const task = { time: '1.000000', cpu, tid: 10 * mm + tid, tgid: null, comm: 'p' };
          const write = (sizePages: number) =>
            lines.push(formatRssStat({ ...task, mmId: mm, curr, member, sizePages }, 'perf', 4096));
          if (before === undefined) write(START);
          sizes.set(key, (before ?? START) + pages);
          write((before ?? START) + pages);
        }
        const { events } = await eventsOf(lines.join(''));
        const { steps, counts } = stepsOf(events);
        const rows = (mm: number) =>
          steps.flatMap((step) => {
            if (step.step !== 'update' || step.life.mmId !== mm) return [];
            if (step.record.kind === 'thread-exit') return [];
            const { cpu, pages } = step.record;
            return rowShapes(step.record).map(
              ({ member, sign }): Row => ({
                cpu,
                member,
                pages: sign * pages,
              }),
            );
          });
        for (const mm of [0, 1, 2]) {
          const made = adds
            .filter((one) => one.mm === mm)
            .map(({ cpu, member, pages }): Row => ({ cpu, member: MEMBER[member], pages }));
          const moved = (all: readonly Row[]) => all.filter(({ pages }) => Math.abs(pages) === 1);
          const others = (all: readonly Row[]) => all.filter(({ pages }) => Math.abs(pages) !== 1);
          // A swap-in's record has its two rows the other way round.
          expect(others(rows(mm))).toEqual(others(made));
          const byText = (all: readonly Row[]) =>
            moved(all)
              .map((row) => JSON.stringify(row))
              .sort();
          expect(byText(rows(mm))).toEqual(byText(made));
        }
        expect(counts).toMatchObject({ startsUnknown: sizes.size, zeroDeltas: 0 });
      }),
      { numRuns: 200 },
    );
  });
});

const REAL = [
  '       rssload-2  8681 [000]  1541.074583:            kmem:rss_stat: mm_id=247315454 curr=1 type=MM_ANONPAGES size=8192B',
  '         rssload-9399    (   9399) [001] ...1.  1627.262463: rss_stat: mm_id=2831859097 curr=0 type=MM_ANONPAGES size=20480B',
  '       perf-exec 18733 [001]  2483.661698: PERF_RECORD_LOST lost 71',
  '# entries-in-buffer/entries-written: 3117/3118   #P:2',
  'CPU:1 [LOST 12 EVENTS]',
  ' prog-12    [003] d..2.  1.5: sched_switch: prev_comm=prog prev_pid=12 prev_prio=120 prev_state=X ==> next_comm=swapper/3 next_pid=0 next_prio=120',
];

/** Lines with characters taken away, doubled, put in. */
const mangled = fc
  .tuple(
    fc.constantFrom(...REAL),
    fc.array(fc.tuple(fc.nat(200), fc.nat(8), fc.string({ maxLength: 5 })), { maxLength: 4 }),
  )
  .map(([line, cuts]) =>
    cuts.reduce((text, [at, gone, put]) => text.slice(0, at) + put + text.slice(at + gone), line),
  );

describe('any line', () => {
  it.each(TRACE_FORMS)('of %s is an event, is counted, or is refused in one line', (form) => {
    fc.assert(
      fc.property(fc.array(fc.oneof(mangled, fc.string({ maxLength: 200 }))), (lines) => {
        const counts = createTraceCounts();
        const { parse } = createLineParser(form, 4096, counts);
        lines.forEach((text, i) => {
          try {
            const parsed = parse(text, i + 1);
            if (parsed?.name !== 'rss_stat') return;
            expect(Number.isSafeInteger(parsed.sizePages)).toBe(true);
            expect(Number.isSafeInteger(parsed.tid) && Number.isSafeInteger(parsed.cpu)).toBe(true);
          } catch (error) {
            expect(error).toBeInstanceOf(InputError);
            expect((error as InputError).message).toMatch(/^line \d+: [^\n]*$/);
          }
        });
      }),
      { numRuns: 1000 },
    );
  });

  it('however long is dealt with at once', () => {
    const counts = createTraceCounts();
    const { parse } = createLineParser('ftrace', 4096, counts);
    parse(REAL[1]!, 1);
    for (const text of [' '.repeat(60_000), '-1 '.repeat(20_000), '[000] 1.5: '.repeat(5_000)]) {
      expect(parse(`${text}mm_id=1 curr=1 type=MM_ANONPAGES size=4096B`, 2)?.name).toBe('loss');
      parse(text, 3);
    }
    expect(counts.malformed.count).toBe(3);
  });
});

/** An event of one of three tasks, which run in any of four processes, under two names. */
const wandering = fc.record({
  mmId: fc.nat(3),
  tid: fc.integer({ min: 1, max: 3 }),
  comm: fc.constantFrom('make', 'sh'),
  curr: fc.boolean(),
  member: fc.constantFrom('anon' as const, 'file' as const),
  sizePages: fc.nat(3),
});

describe('tasks that change processes', () => {
  it('are followed alike one by one, and as rows', () => {
    fc.assert(
      fc.property(fc.array(wandering, { minLength: 1, maxLength: 60 }), (events) => {
        // stepsOf() demands that all ways make the same of them.
        const { counts } = stepsOf(rssStats(...events));
        expect(counts.processes).toBeGreaterThan(0);
      }),
      { numRuns: 300 },
    );
  });
});
