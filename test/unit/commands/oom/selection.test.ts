/** The three rules of selection, and what the two-pass rule does beyond its 16 precise sums. */
import { describe, expect, it } from 'vitest';
import {
  type AccuracyRange,
  type Candidate,
  selectApproximate,
  selectPrecise,
  selectTwoPass,
  twoPassWitness,
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

  it('are right to within what the ranges confuse where each gets a precise sum: all cases', () => {
    // The range test has over and under the wrong way round, and the chosen one's under is added to
    // precise points: a process may be lost that has `under - over` more, and none by more than that.
    let cases = 0;
    for (const range of [
      { under: 0, over: 0 },
      { under: 2, over: 1 },
      { under: 2, over: 2 },
      { under: 3, over: 0 },
    ]) {
      for (const candidates of allLists(3, 4, range)) {
        const victim = candidates[selectTwoPass(candidates, range).victim!]!;
        const most = Math.max(...candidates.map(({ precise }) => precise));
        expect(most - victim.precise).toBeLessThanOrEqual(range.under - range.over);
        cases += 1;
      }
    }
    expect(cases).toBe(8174);
  });

  it('are wrong from one process beyond the precise sums on: all cases of three, two sums', () => {
    const range = { under: 2, over: 2 };
    const wrong = [...allLists(3, 4, range)].filter((candidates) => {
      const { victim } = selectTwoPass(candidates, range, 2);
      return candidates.some(({ precise }) => precise > candidates[victim!]!.precise);
    });
    expect(wrong.length).toBeGreaterThan(0);
    // The smallest of which every count is right.
    const right = wrong.filter((some) => some.every((one) => one.approximate === one.precise));
    expect(right[0]?.map(({ precise }) => precise)).toEqual([0, 1, 0]);
  });

  it('cannot be wrong where counters are exact, however many there are', () => {
    const range = { under: 0, over: 0 };
    for (const candidates of allLists(4, 3, range)) {
      for (const sums of [0, 1, 2, 16]) {
        const { victim } = selectTwoPass(candidates, range, sums);
        expect(victim).toBe(selectPrecise(candidates).victim);
      }
    }
  });
});

/** Every list of so many, of precise points below `points`, each read anywhere within the range. */
function* allLists(length: number, points: number, range: AccuracyRange): Generator<Candidate[]> {
  if (length === 0) {
    yield [];
    return;
  }
  for (const rest of allLists(length - 1, points, range)) {
    for (let precise = 0; precise < points; precise++) {
      const from = Math.max(0, precise - range.under);
      for (let approximate = from; approximate <= precise + range.over; approximate++) {
        yield [...rest, { approximate, precise }];
      }
    }
  }
}

describe('the witness', () => {
  it('is killed unseen, and the large one lives', () => {
    expect(twoPassWitness({ under: 100, over: 90 })).toEqual({
      largePages: 91,
      smallPages: 1,
      smallProcesses: 16,
      victimPages: 1,
    });
  });

  it('is as small as can be: one page more of the large one, or one process less, and it dies', () => {
    const range = { under: 100, over: 90 };
    const listOf = (large: number, small: number) => [
      exact(large),
      ...Array.from({ length: small }, () => exact(1)),
    ];
    expect(selectTwoPass(listOf(91, 16), range).victim).toBe(16);
    expect(selectTwoPass(listOf(92, 16), range).victim).toBe(0);
    expect(selectTwoPass(listOf(91, 15), range).victim).toBe(0);
  });

  it('is not there where counters are exact', () => {
    expect(twoPassWitness({ under: 0, over: 0 })).toBeNull();
  });
});
