/** Filters of a grid's points: each comparison below, at and above equality. */
import { describe, expect, it } from 'vitest';
import { parseFilter } from '../../../../src/commands/sweep/plan.ts';
import { loadBundled } from '../../../../src/topology/bundled.ts';

const machine = loadBundled('8cpu');

/** Which of these numbers of threads stay. */
const kept = (text: string) =>
  ['7', '8', '9'].filter((threads) =>
    parseFilter(text, ['threads'])({ values: new Map([['threads', threads]]), machine }),
  );

describe('a filter', () => {
  it.each([
    ['<=', ['7', '8']],
    ['>=', ['8', '9']],
    ['!=', ['7', '9']],
    ['<', ['7']],
    ['>', ['9']],
    ['=', ['8']],
  ])('by %s keeps what it says, of a number and of the machine', (sign, threads) => {
    expect(kept(`threads${sign}8`)).toEqual(threads);
    expect(kept(`threads ${sign} online-cpus`)).toEqual(threads);
    expect(kept(`threads${sign}nr-cpu-ids`)).toEqual(threads);
  });
});
