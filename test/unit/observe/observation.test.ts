/** What rounds of looks come to, and that a record of them says the same. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createObservation, errorOf } from '../../../src/commands/observe/observation.ts';
import {
  type Head,
  type ObservedLine,
  observedText,
  type Reading,
  type Round,
  readObserved,
} from '../../../src/commands/observe/record.ts';

const HEAD: Head = {
  ...{ format: 'rss-err/observed@1', type: 'observed' },
  ...{ kernel: '6.18.1', scheme: 'per-cpu', precise: 'statm' },
  topology: {
    ...{ name: 'this machine', sha256: '0'.repeat(64), nrCpuIds: 8, possibleCpus: 8 },
    ...{ presentCpus: 8, onlineCpus: 8, numaNodes: 1, pageSize: 4096 },
  },
  limit: { under: 744, over: 744, of: 'process' },
  ...{ poisoned: 0, hidepid: null, ownPids: false },
  ...{ began: '2026-11-28T10:15:57.852Z', intervalSeconds: 1, all: true },
};

const roundAt = (seconds: number): Round => ({
  ...{ type: 'round', seconds, listed: 9, kernelThreads: 1, exited: 0 },
  ...{ unreadable: 0, ended: 0, microseconds: 90 },
});

const reading: fc.Arbitrary<Reading> = fc.record({
  type: fc.constant('reading' as const),
  pid: fc.integer({ min: 1, max: 3 }),
  start: fc.constant(7),
  command: fc.string(),
  threads: fc.integer({ min: 1, max: 9 }),
  approximate: fc.record({ before: fc.nat(2000), behind: fc.nat(2000) }),
  precise: fc.oneof({ weight: 5, arbitrary: fc.nat(2000) }, fc.constant(null)),
  faulted: fc.boolean(),
});

/** Rounds in which each process is read once at most. */
const rounds = fc.array(fc.uniqueArray(reading, { selector: ({ pid }) => pid, maxLength: 6 }), {
  maxLength: 6,
});

const linesOf = (all: readonly (readonly Reading[])[]): ObservedLine[] =>
  all.flatMap((readings, i) => [roundAt(i), ...readings]);

function resultOf(lines: readonly ObservedLine[]) {
  const observation = createObservation(HEAD);
  for (const line of lines) observation.take(line);
  return observation.result('1.2.3');
}

describe('an observation', () => {
  it('has the extremes, the mean and the change of the settled readings', () => {
    fc.assert(
      fc.property(rounds, (all) => {
        const result = resultOf(linesOf(all));
        const readings = all.flat();
        const keys = new Set(readings.map(({ pid }) => pid));
        expect(result.processes).toHaveLength(keys.size);
        expect(result.counts.read).toBe(all.at(-1)?.length ?? 0);
        const one = readings.filter(({ pid }) => pid === 1);
        if (one.length === 0) return;
        const row = result.processes.find(({ pid }) => pid === 1)!;
        const errors = one
          .filter(({ faulted }) => !faulted)
          .map(errorOf)
          .filter((error) => error !== null);
        expect(row.readings).toBe(one.length);
        expect(row.error).toEqual(errorOf(one.at(-1)!));
        if (errors.length === 0) {
          expect([row.lowest, row.highest, row.mean, row.change]).toEqual([null, null, null, null]);
          return;
        }
        const sum = (values: number[]) => values.reduce((total, value) => total + value, 0);
        expect(row.lowest!.high).toBe(Math.min(...errors.map(({ high }) => high)));
        expect(row.highest!.low).toBe(Math.max(...errors.map(({ low }) => low)));
        expect(row.mean!.low).toBe(sum(errors.map(({ low }) => low)) / errors.length);
        expect(row.change === null).toBe(errors.length < 2);
        const [first, last] = [errors[0]!, errors.at(-1)!];
        if (row.change !== null) expect(row.change.low).toBe(last.low - first.high);
        expect(row.beyond).toBe(errors.some(({ low, high }) => high < -744 || low > 744));
      }),
    );
  });

  it('has a row for each process that has had a number', () => {
    fc.assert(
      fc.property(reading, reading, (first, second) => {
        const lines = linesOf([
          [{ ...first, pid: 1, start: 7 }],
          [{ ...second, pid: 1, start: 8 }],
        ]);
        const there = resultOf(lines).processes.map((row) => row.there);
        expect(there.sort()).toEqual([false, true]);
      }),
    );
  });

  it('is the same of its record, whatever the names of commands', async () => {
    await fc.assert(
      fc.asyncProperty(rounds, async (all) => {
        const lines = [HEAD, ...linesOf(all)];
        async function* chunks() {
          yield lines.map(observedText).join('');
        }
        const read: ObservedLine[] = [];
        for await (const { line } of readObserved(chunks(), 'a file')) read.push(line);
        expect(read).toEqual(lines);
        expect(resultOf(read)).toEqual(resultOf(lines));
      }),
    );
  });
});

it('tells since which reading a process has shown 0 with pages resident', () => {
  const shown = (seconds: number, behind: number, precise: number | null) => [
    roundAt(seconds),
    {
      ...({ type: 'reading', pid: 7, start: 7, command: 'c', threads: 1, faulted: false } as const),
      ...{ approximate: { before: behind, behind }, precise },
    },
  ];
  const sinceOf = (...lines: readonly ObservedLine[]) => {
    const observation = createObservation(HEAD);
    for (const line of lines) observation.take(line);
    return observation.result('0').processes[0]!.zeroSinceSeconds;
  };
  const zeros = [...shown(0, 5, 9), ...shown(1, 0, 9), ...shown(2, 0, 8)];
  expect(sinceOf(...zeros)).toBe(1);
  expect(sinceOf(...zeros, ...shown(3, 4, 8))).toBeNull();
  expect(sinceOf(...zeros, ...shown(3, 0, 0))).toBeNull();
  expect(sinceOf(...shown(0, 0, null))).toBeNull();
});
