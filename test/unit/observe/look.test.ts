/** Looks at a process that moves while it is looked at. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type HowToLook, lookAt } from '../../../src/commands/observe/look.ts';
import { errorOf } from '../../../src/commands/observe/observation.ts';
import type { ProcDirectory } from '../../../src/proc/proc-directory.ts';
import { type FakeProcess, rollupText, statmText, statText } from '../../support/proc-tree.ts';

interface Moment extends FakeProcess {
  readonly precise: number;
}

/** A /proc with one process that is as the moments say, one after each read; the last one stays. */
function procOf(moments: readonly Moment[]): ProcDirectory & { reads(): readonly string[] } {
  const files: string[] = [];
  return {
    path: '/proc',
    pids: () => [moments[0]!.pid],
    threads: () => [],
    link: () => null,
    read(file) {
      const now = moments[Math.min(files.length, moments.length - 1)]!;
      files.push(file);
      if (file.endsWith('stat')) return statText(now);
      return file.endsWith('statm') ? statmText(now.precise) : rollupText(now.precise);
    },
    reads: () => files.map((file) => file.replace(/.*\//, '')),
  };
}

const BY_STATM: HowToLook = { precise: 'statm', pageSize: 4096 };
const BY_ROLLUP: HowToLook = { precise: 'smaps_rollup', pageSize: 4096 };

const moment = (approximate: number, precise: number, faults: number): Moment => ({
  ...{ pid: 9, approximate, precise, faults },
});

function lookedAt(proc: ProcDirectory, how: HowToLook) {
  const look = lookAt(proc, 9, how);
  if (typeof look === 'string') throw new Error(look);
  return look;
}

describe('a look', () => {
  it('at a process that is still takes one precise figure between two approximate ones', () => {
    const proc = procOf([moment(10, 25, 3)]);
    const look = lookedAt(proc, BY_STATM);
    expect(proc.reads()).toEqual(['stat', 'statm', 'stat']);
    expect(errorOf(look)).toEqual({ low: -15, high: -15 });
    expect(look.faulted).toBe(false);
  });

  it('by a walk is never repeated, by a sum it is until the process is still', () => {
    const moving = Array.from({ length: 4 }, (_, i) => moment(10 + i, 25, i));
    const walked = procOf(moving);
    expect(lookedAt(walked, BY_ROLLUP).faulted).toBe(true);
    expect(walked.reads()).toEqual(['stat', 'smaps_rollup', 'stat']);
    const summed = procOf(moving);
    expect(lookedAt(summed, BY_STATM).faulted).toBe(false);
    expect(summed.reads().join(' ')).toBe('stat statm stat statm stat statm stat');
    const endless = procOf(Array.from({ length: 99 }, (_, i) => moment(10 + i, 25, i)));
    expect(lookedAt(endless, BY_STATM).faulted).toBe(true);
    expect(endless.reads().filter((file) => file === 'statm')).toHaveLength(4);
  });

  it('takes no growth for an error: without a hidden page the interval holds 0', () => {
    fc.assert(
      fc.property(
        fc.array(fc.nat(600), { minLength: 9, maxLength: 9 }),
        fc.boolean(),
        fc.constantFrom(BY_STATM, BY_ROLLUP),
        (steps, grows, how) => {
          let pages = grows ? 1000 : 9000;
          const moments = steps.map((step, i) => {
            pages += grows ? step : -step;
            return moment(pages, pages, grows ? i : 0);
          });
          const { low, high } = errorOf(lookedAt(procOf(moments), how))!;
          expect(low).toBeLessThanOrEqual(0);
          expect(high).toBeGreaterThanOrEqual(0);
        },
      ),
    );
  });

  it('holds the true error of the moment when the precise figure was made', () => {
    fc.assert(
      fc.property(
        fc.array(fc.record({ add: fc.nat(90), hidden: fc.nat(300) }), {
          minLength: 3,
          maxLength: 3,
        }),
        (steps) => {
          // The reading goes up with each flush; what is hidden is what it lags behind by.
          let approximate = 500;
          const moments = steps.map(({ add, hidden }, i) => {
            approximate += add;
            return moment(approximate, approximate + hidden, i);
          });
          const { low, high } = errorOf(lookedAt(procOf(moments), BY_ROLLUP))!;
          const truth = -steps[1]!.hidden;
          expect(low <= truth && truth <= high).toBe(true);
        },
      ),
    );
  });

  it('at a number that another process has got says that the first one ended', () => {
    const proc = procOf([{ ...moment(10, 25, 3), start: 1 }, moment(10, 25, 3), moment(8, 9, 1)]);
    expect(lookAt(proc, 9, BY_STATM)).toBe('ended');
  });

  it('at one that exits meanwhile says so', () => {
    const proc = procOf([moment(10, 25, 3), moment(10, 0, 3), { ...moment(0, 0, 3), state: 'Z' }]);
    expect(lookAt(proc, 9, BY_STATM)).toBe('ended');
  });

  it('without a precise figure asks for none', () => {
    const proc = procOf([moment(10, 25, 3)]);
    expect(lookedAt(proc, { precise: null, pageSize: 4096 }).precise).toBe(null);
    expect(proc.reads()).toEqual(['stat', 'stat']);
  });
});
