import { describe, expect, it } from 'vitest';
import { replay } from '../../../src/replay/replay.ts';
import { createCounters, parseScheme } from '../../../src/schemes/registry.ts';
import { KIND } from '../../../src/update/kinds.ts';
import { flatMachine } from '../../support/machines.ts';
import { arraySource, type Update } from '../../support/updates.ts';

/** What is observed where each update is an operation. */
async function observe(scheme: string, updates: readonly Update[], perBatch: number) {
  const subject = createCounters(flatMachine(1), parseScheme(scheme));
  const ends = updates.map(() => true);
  const source = arraySource(updates, ends, perBatch);
  const { observed } = await replay(
    source,
    1,
    [{ name: scheme, counters: subject }],
    () => undefined,
  );
  return observed[0]!;
}

describe('errors inside a run', () => {
  it.each([
    [1, { under: 31, underAtOperation: 1 }],
    [-1, { over: 31, overAtOperation: 1 }],
  ])('come before one as large at a later end, sign %i', async (sign, first) => {
    const updates = [
      { kind: KIND.fault, pages: sign * 64 },
      { kind: KIND.remote, pages: sign * 31 },
    ];
    expect((await observe('per-cpu:batch=32', updates, 2)).raw).toMatchObject(first);
  });

  it('are clamped where the reading is below zero there alone', async () => {
    // The thread's cache has -60 when its sixth fault syncs it: 10 - 55 is read, 66 faults later 21.
    const updates = [
      { kind: KIND.remote, pages: 10 },
      { kind: KIND.fault, pages: -60 },
      { kind: KIND.fault, pages: 100 },
    ];
    const { clamped, raw } = await observe('per-thread', updates, 3);
    expect(raw.under).toBe(66);
    expect(clamped.under).toBe(29);
  });
});

describe('a member that another one’s update syncs', () => {
  it('is read, also where all updates of the batch are of the other', async () => {
    const updates = [
      { kind: KIND.fault, pages: 5, member: 0 },
      { kind: KIND.bulk, pages: 1, member: 1 },
    ];
    expect((await observe('per-thread', updates, 1)).raw).toMatchObject({ under: 5, mean: -2.5 });
  });
});
