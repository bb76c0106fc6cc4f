/** A watchdog's alarms, misses and delays, by hand, and against one that reads the truth. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createAlarm, createWatchdog, watch } from '../../../src/commands/watchdog/watch.ts';
import { MEMBER } from '../../../src/kernel/rss-stat.ts';
import type { Counters } from '../../../src/schemes/scheme.ts';
import { KIND } from '../../../src/update/kinds.ts';
import { setReading } from '../../../src/update/readings.ts';
import { runCli } from '../../support/cli.ts';
import { columnsOf } from '../../support/updates.ts';

const rule = { budgetPages: 100, every: 1, consecutive: 2 };

/** What a watchdog makes of readings beside truths, one operation apart. */
function watched(pairs: readonly (readonly [reading: number, truth: number])[], of = rule) {
  const watchdog = createWatchdog(of);
  pairs.forEach(([reading, truth], i) => {
    watchdog.look(reading, truth, i + 1);
  });
  return watchdog.result();
}

describe('an alarm', () => {
  it('is so many readings above the budget in a row, told once', () => {
    const isAlarm = createAlarm(rule);
    expect([101, 101, 101, 100, 101, 100, 101, 101].map(isAlarm)).toEqual([
      ...[false, true, false, false, false, false, false, true],
    ]);
  });
});

describe('a watchdog', () => {
  it('is wrong where it acts while no more than the budget is resident', () => {
    const { falseAlarms, missed } = watched([
      ...([[101, 90]] as const),
      ...([[101, 100]] as const),
      ...([[90, 90]] as const),
    ]);
    expect({ falseAlarms, missed }).toEqual({ falseAlarms: 1, missed: 0 });
  });

  it('is late by the operations since one that reads the truth would have acted', () => {
    expect(
      watched([
        [90, 101],
        [90, 120],
        [90, 130],
        [101, 140],
        [101, 150],
      ]),
    ).toEqual({
      ...{ falseAlarms: 0, seen: 1, missed: 0, mostUnseen: 40 },
      ...{ delays: 3, longestDelay: 3 },
      ...{ worst: { error: 49, resident: 150 }, zeros: 0, firstZero: null },
    });
  });

  it('tells its largest error, of how many pages, and since when it has read 0', () => {
    const { worst, zeros, firstZero } = watched([
      [0, 0],
      [0, 30],
      [90, 40],
      [0, 20],
    ]);
    expect({ worst, zeros, firstZero }).toEqual({
      ...{ worst: { error: 50, resident: 40 }, zeros: 2, firstZero: 2 },
    });
  });

  it('has missed an overrun that ends, or the run, before it acts', () => {
    const unseen = [
      [90, 101],
      [90, 101],
    ] as const;
    expect(watched([...unseen, [90, 90], ...unseen])).toMatchObject({
      missed: 2,
      seen: 0,
      delays: 0,
    });
  });

  it('that already stands has seen the overrun at once', () => {
    expect(
      watched([
        [101, 100],
        [101, 100],
        [101, 101],
        [101, 101],
      ]),
    ).toMatchObject({
      ...{ falseAlarms: 1, seen: 1, missed: 0, mostUnseen: 0 },
      ...{ delays: 0, longestDelay: 0 },
    });
  });

  it('that reads the truth is never wrong, late or blind', () => {
    const truths = fc.array(fc.integer({ min: 80, max: 120 }), { maxLength: 60 });
    fc.assert(
      fc.property(truths, fc.integer({ min: 1, max: 4 }), (values, consecutive) => {
        const result = watched(
          values.map((pages) => [pages, pages] as const),
          { ...rule, consecutive },
        );
        expect(result).toMatchObject({ falseAlarms: 0, missed: 0, mostUnseen: 0 });
        expect(result.longestDelay).toBe(0);
      }),
    );
  });

  it('that reads less than the truth never acts for nothing, and each overrun is seen or missed', () => {
    const readings = fc.array(
      fc.tuple(fc.integer({ min: 0, max: 40 }), fc.integer({ min: 80, max: 120 })),
      { maxLength: 60 },
    );
    fc.assert(
      fc.property(readings, (values) => {
        const truthful = watched(values.map(([, truth]) => [truth, truth] as const));
        const low = watched(values.map(([hidden, truth]) => [truth - hidden, truth] as const));
        expect(low.falseAlarms).toBe(0);
        expect(low.missed + low.seen).toBe(truthful.seen);
      }),
    );
  });
});

describe('what a watchdog reads', () => {
  /** File pages that read `file`, and 120 anonymous ones that read true: one operation each. */
  async function watchedBeside(file: number) {
    const updates = columnsOf([
      { pages: 0, kind: KIND.fault, member: MEMBER.file },
      { pages: 120, kind: KIND.bulk, member: MEMBER.anon },
    ]);
    const counters: Counters = {
      apply: ({ length, member }, readings) => {
        for (let u = 0; u < length; u++) {
          setReading(readings, u, member[u] === MEMBER.file ? file : 120);
        }
      },
      preciseSum: () => 0,
      wraps: false,
      state: () => null,
    };
    let filled = false;
    const source = {
      operations: 2,
      fill: (columns: typeof updates) => {
        Object.assign(columns, filled ? { length: 0 } : updates);
        filled = true;
      },
    };
    const { approximate } = await watch(
      source,
      [counters],
      { ...rule, consecutive: 1 },
      () => undefined,
    );
    return approximate[0]!;
  }

  it('is the sum of the members, each that is below 0 as 0', async () => {
    expect(await watchedBeside(0)).toMatchObject({ seen: 1, missed: 0 });
    expect(await watchedBeside(-50)).toMatchObject({ seen: 1, missed: 0 });
  });
});

it("tells the pattern that was chosen, where it is the preset's too: said nothing, it would leak", async () => {
  const args = ['--topology', '8cpu', '--operations', '900', '--every', '50', '--runs', '2'];
  const { stdout } = await runCli(['watchdog', ...args, '--pattern', 'steady']);
  expect(stdout).toMatch(/reproduce:.* --pattern steady /s);
  const { stdout: leaking } = await runCli(['watchdog', ...args]);
  expect(leaking).toMatch(/reproduce:.* --pattern leak /s);
});
