/** An mm by the kernel's names: add, inc, dec; the approximate read, the sum, the RSS. */
import { describe, expect, it } from 'vitest';
import { MEMBER } from '../../../src/kernel/rss-stat.ts';
import {
  addMmCounter,
  createMm,
  decMmCounter,
  getMmCounter,
  getMmCounterSum,
  getMmRss,
  incMmCounter,
} from '../../../src/process/mm.ts';
import { parseScheme } from '../../../src/schemes/registry.ts';
import { KIND } from '../../../src/update/kinds.ts';
import { flatMachine } from '../../support/machines.ts';

const machine = flatMachine(8, 2);
const by = { kind: KIND.fault, cpu: 0, thread: 0 };
const { file, anon, swap, shmem } = MEMBER;

const mmOf = (scheme: string) => createMm(machine, parseScheme(scheme));

describe('an mm', () => {
  it('reads 0 for every member at its beginning, under every scheme', () => {
    for (const scheme of [
      'atomic',
      'per-thread',
      'per-cpu',
      'per-numa',
      'tree',
      'tree:version=17',
    ]) {
      const mm = mmOf(scheme);
      expect([file, anon, swap, shmem].map((member) => getMmCounter(mm, member))).toEqual([
        0, 0, 0, 0,
      ]);
      expect(getMmRss(mm)).toBe(0);
    }
  });

  // batch = max(32, 2 × 8) = 32: what reaches 32 moves to the shared value, 31 stay on the CPU.
  it('reads what has reached the shared value, and sums what has not', () => {
    const mm = mmOf('per-cpu');
    addMmCounter(mm, anon, 31, by);
    expect([getMmCounter(mm, anon), getMmCounterSum(mm, anon)]).toEqual([0, 31]);
    incMmCounter(mm, anon, by);
    expect([getMmCounter(mm, anon), getMmCounterSum(mm, anon)]).toEqual([32, 32]);
    decMmCounter(mm, anon, by);
    expect([getMmCounter(mm, anon), getMmCounterSum(mm, anon)]).toEqual([32, 31]);
  });

  it('never reads below 0, though the counter is', () => {
    const mm = mmOf('per-cpu');
    addMmCounter(mm, anon, 20, by);
    addMmCounter(mm, anon, -32, { ...by, kind: KIND.bulk, cpu: 1 });
    expect(mm.readings[anon]).toBe(-32);
    expect(getMmCounter(mm, anon)).toBe(0);
    expect(mm.counters.preciseSum(anon)).toBe(-12);
    expect(getMmCounterSum(mm, anon)).toBe(0);
  });

  it('is resident with file, anonymous and shared pages, each clamped by itself, without swap', () => {
    const mm = mmOf('atomic');
    addMmCounter(mm, file, 7, by);
    addMmCounter(mm, anon, 100, by);
    addMmCounter(mm, swap, 1000, by);
    addMmCounter(mm, shmem, -3, by);
    expect(getMmRss(mm)).toBe(107);
  });

  it('holds back 66 faults of a thread until the next, as kernels before 6.2 did', () => {
    const mm = mmOf('per-thread');
    addMmCounter(mm, anon, 66 + 65, { ...by, thread: 3 });
    expect([getMmCounter(mm, anon), getMmCounterSum(mm, anon)]).toEqual([65, 131]);
    addMmCounter(mm, anon, 1, { ...by, thread: 3 });
    expect([getMmCounter(mm, anon), getMmCounterSum(mm, anon)]).toEqual([131, 132]);
  });
});
