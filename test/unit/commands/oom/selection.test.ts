/** The three rules of selection, and what the two-pass rule does beyond its 16 precise sums. */
import { describe, expect, it } from 'vitest';
import {
  type AccuracyRange,
  type Candidate,
  selectApproximate,
  selectPrecise,
  selectTwoPass,
} from '../../../../src/commands/oom/selection.ts';

const exact = (points: number): Candidate => ({ approximate: points, precise: points });

/** Four counters of versions 10 and 11: batch × items' shares under, (batch − 1) × them over. */
const rangeOf = (shares: number): AccuracyRange => ({
  under: 4 * 32 * shares,
  over: 4 * 31 * shares,
});
const CPUS_256 = rangeOf(768);
const CPUS_384 = rangeOf(1536);

/** So many of 100 pages, and a hog of 150,000 (586 MiB) at this place in the list. */
function hogAmong(small: number, place: number): Candidate[] {
  const candidates = Array.from({ length: small + 1 }, () => exact(100));
  candidates[place] = exact(150_000);
  return candidates;
}

describe('of equals the later is chosen', () => {
  it.each([
    ['approximate', selectApproximate],
    ['precise', selectPrecise],
  ])('%s', (_, select) => {
    expect(select([exact(5), exact(7), exact(7), exact(6)])).toMatchObject({
      victim: 2,
      tied: true,
    });
    expect(select([exact(5), exact(8), exact(7)])).toMatchObject({ victim: 1, tied: false });
  });
});

it('negative points can be chosen, and nobody of nobody', () => {
  expect(selectPrecise([exact(-9), exact(-3)]).victim).toBe(1);
  expect(selectApproximate([]).victim).toBeNull();
  expect(selectTwoPass([], CPUS_256).victim).toBeNull();
});

describe('two passes', () => {
  it('find what approximate sums miss, with a precise sum for each in range', () => {
    const candidates = [
      { approximate: 900, precise: 950 },
      { approximate: 850, precise: 1200 },
      exact(10),
    ];
    expect(selectApproximate(candidates).victim).toBe(0);
    expect(selectTwoPass(candidates, { under: 300, over: 290 })).toEqual({
      victim: 1,
      preciseSums: 2,
      tied: false,
    });
  });

  it('kill the last of the small ones while the hog lives: 384 CPUs, any place of the hog', () => {
    for (const place of [0, 10, 15, 30, 500, 999]) {
      const { victim } = selectTwoPass(hogAmong(1000, place), CPUS_384);
      expect(victim).toBe(1000);
    }
  });

  it('kill the last of the small ones at 256 CPUs where the hog is behind the first 16', () => {
    expect(selectTwoPass(hogAmong(1000, 30), CPUS_256).victim).toBe(1000);
  });

  it('cannot go wrong among so few processes that each gets a precise sum, small values, all cases', () => {
    const range = { under: 2, over: 1 };
    const values = [0, 1, 2, 3, 4];
    let cases = 0;
    for (const a of values) {
      for (const b of values) {
        for (const c of values) {
          const { victim } = selectTwoPass([exact(a), exact(b), exact(c)], range);
          cases += 1;
          if ([a, b, c][victim!] === Math.max(a, b, c)) continue;
          // The chosen one's under was added to a task's precise points: fewer points may win by so much.
          expect(Math.max(a, b, c) - [a, b, c][victim!]!).toBeLessThanOrEqual(range.under);
        }
      }
    }
    expect(cases).toBe(125);
  });
});
