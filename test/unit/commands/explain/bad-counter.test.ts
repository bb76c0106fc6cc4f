/** Lines of check_mm() in the forms that kernels have printed, and lines that are none. */
import { describe, expect, it } from 'vitest';
import {
  balanced,
  complaintsOf,
  parseComplaint,
} from '../../../../src/commands/explain/bad-counter.ts';

describe('a complaint of check_mm()', () => {
  it.each([
    [
      'BUG: Bad rss-counter state mm:00000000452453e0 type:MM_FILEPAGES val:-1',
      { mm: '00000000452453e0', member: 'file', text: 'MM_FILEPAGES', pages: -1, comm: null },
    ],
    [
      '[16591492.449737] BUG: Bad rss-counter state mm:ffff8801ced99880 idx:1 val:1836508',
      { mm: 'ffff8801ced99880', member: 'anon', text: 'idx:1', pages: 1_836_508, pid: null },
    ],
    [
      'kernel: BUG: Bad rss-counter state mm:(____ptrval____) idx:3 val:2',
      { mm: '(____ptrval____)', member: 'shmem', pages: 2 },
    ],
    [
      'BUG: Bad rss-counter state mm:(ptrval) type:MM_SWAPENTS val:1',
      { mm: '(ptrval)', member: 'swap', pages: 1 },
    ],
    [
      'BUG: Bad rss-counter state mm:93ade98e type:MM_SHMEMPAGES val:-7 Comm:Web Content Pid:4711',
      { member: 'shmem', pages: -7, comm: 'Web Content', pid: 4711 },
    ],
    [
      'BUG: Bad rss-counter state mm:93ade98e type:MM_NEWPAGES val:3\r',
      { member: null, text: 'MM_NEWPAGES', pages: 3 },
    ],
    ['BUG: Bad rss-counter state mm:93ade98e idx:9 val:3', { member: null, text: 'idx:9' }],
  ])('is read: %s', (line, said) => {
    expect(parseComplaint(line)).toMatchObject(said);
  });

  it.each([
    '',
    'BUG: non-zero pgtables_bytes on freeing mm: 4096',
    'BUG: Bad rss-counter state mm:',
    'BUG: Bad rss-counter state mm:93ade98e type:MM_ANONPAGES val:',
    'BUG: Bad page map in process fork13',
  ])('is not this: %s', (line) => {
    expect(parseComplaint(line)).toBeNull();
  });

  it('makes up for another where the members of one mm add up to 0', () => {
    const text = `BUG: Bad rss-counter state mm:a1 idx:0 val:-5
something else
BUG: Bad rss-counter state mm:a1 idx:1 val:5
BUG: Bad rss-counter state mm:b2 idx:1 val:5`;
    expect(complaintsOf(text)).toHaveLength(3);
    expect(balanced(complaintsOf(text))).toEqual(['a1']);
  });
});
