import { describe, expect, it } from 'vitest';
import { seenThroughClamp } from '../../../src/schemes/bound.ts';
import { createCounters, parseScheme, rssBound } from '../../../src/schemes/registry.ts';
import { KIND } from '../../../src/update/kinds.ts';
import { flatMachine } from '../../support/machines.ts';
import { columnsOf, readingsOf } from '../../support/updates.ts';

describe('what a reader can see', () => {
  it('is low by at most the size of the process', () => {
    const bound = { under: 22_086, over: 7 };
    expect(seenThroughClamp(bound, 100)).toEqual({ under: 100, over: 7 });
    expect(seenThroughClamp(bound, 22_086)).toEqual(bound);
    expect(seenThroughClamp(bound, 30_000)).toEqual(bound);
  });

  it('is all of a small process: a tree reads 0 of 2,047 pages of one CPU', () => {
    const counters = createCounters(flatMachine(250), parseScheme('tree'));
    const update = { kind: KIND.fault, cpu: 0, thread: 0, pages: 2047 };
    const { after } = readingsOf(counters, columnsOf([update]));
    expect(Math.max(0, after[0]!)).toBe(0);
  });
});

describe('the bound of RSS', () => {
  it.each([
    ['tree' as const, 3],
    ['per-cpu' as const, 3],
    ['per-numa' as const, 3],
    ['per-thread' as const, 1],
  ])('of %s is %i times that of one counter', (scheme, times) => {
    expect(rssBound(scheme, { under: 10, over: 4 })).toEqual({
      under: 10 * times,
      over: 4 * times,
    });
  });

  it('of no member is nothing', () => {
    expect(rssBound('per-thread', { under: 10, over: 4 }, 0)).toEqual({ under: 0, over: 0 });
  });
});
