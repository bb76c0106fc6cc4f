/** check_mm(): the kernel's own words, for each member that is not at zero. */
import { describe, expect, it } from 'vitest';
import { checkMm } from '../../../src/process/mm.ts';

const task = { mmId: 0x6d2b79f5, comm: 'cc1', pid: 1234 };
const sums = (values: readonly number[]) => (member: number) => values[member] ?? 0;

describe('check_mm', () => {
  it('says nothing of an mm whose members are all 0', () => {
    expect(checkMm(sums([0, 0, 0, 0]), task)).toEqual([]);
  });

  it('names each member that is not, above 0 or below, with the task', () => {
    expect(checkMm(sums([0, -1, 1, 0]), task)).toEqual([
      'BUG: Bad rss-counter state mm:000000006d2b79f5 type:MM_ANONPAGES val:-1 Comm:cc1 Pid:1234',
      'BUG: Bad rss-counter state mm:000000006d2b79f5 type:MM_SWAPENTS val:1 Comm:cc1 Pid:1234',
    ]);
  });

  it('does not tell the task in the form of 6.12', () => {
    expect(checkMm(sums([512, 0, 0, 3]), task, 'without task')).toEqual([
      'BUG: Bad rss-counter state mm:000000006d2b79f5 type:MM_FILEPAGES val:512',
      'BUG: Bad rss-counter state mm:000000006d2b79f5 type:MM_SHMEMPAGES val:3',
    ]);
  });
});
