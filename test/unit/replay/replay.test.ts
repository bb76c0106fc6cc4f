import { describe, expect, it } from 'vitest';
import { LedgerMismatch, replay } from '../../../src/replay/replay.ts';
import { createCounters, parseScheme } from '../../../src/schemes/registry.ts';
import type { Counters } from '../../../src/schemes/scheme.ts';
import type { UpdateColumns } from '../../../src/update/columns.ts';
import { KIND } from '../../../src/update/kinds.ts';
import { flatMachine } from '../../support/machines.ts';
import { arraySource } from '../../support/updates.ts';

const machine = flatMachine(8, 2);

function source() {
  const updates = [
    { pages: 40, kind: KIND.fault, cpu: 3, thread: 1 },
    { pages: 7, kind: KIND.fault, member: 2 },
    { pages: -15, kind: KIND.bulk, cpu: 5, thread: 1 },
  ];
  return arraySource(updates, [true, false, true], 2);
}

describe('a replay', () => {
  it('ends with a check of every precise sum against the ledger', async () => {
    const honest = createCounters(machine, parseScheme('per-cpu'));
    const losing: Counters = { ...honest, preciseSum: (member) => honest.preciseSum(member) - 1 };
    const run = replay(source(), 8, [{ name: 'losing', counters: losing }], () => undefined);
    await expect(run).rejects.toThrow(LedgerMismatch);
    await expect(run).rejects.toThrow(
      'losing: the precise sum of file pages is -1, the ledger holds 0',
    );
  });

  it('lets counters of 32 bits differ by 2^32 and no other', async () => {
    const honest = createCounters(machine, parseScheme('tree'));
    const off = (by: number): Counters => ({
      ...honest,
      preciseSum: (m) => honest.preciseSum(m) + by,
    });
    const run = (by: number) =>
      replay(arraySource([], [], 1), 8, [{ name: 'tree', counters: off(by) }], () => undefined);
    await expect(run(2 ** 32)).resolves.toBeDefined();
    await expect(run(2 ** 31)).rejects.toThrow(LedgerMismatch);
  });

  it('tells who took part, and counts RSS without swap entries', async () => {
    const result = await replay(source(), 8, [], () => undefined);
    expect(result).toMatchObject({ operations: 2, updates: 3, usedThreads: 2, rss: 25 });
    expect(Array.from(result.usedCpus)).toEqual([0, 3, 5]);
  });

  it('tells its listeners every update, and each batch before the schemes', async () => {
    const told: string[] = [];
    const honest = createCounters(machine, parseScheme('tree'));
    const counters: Counters = {
      ...honest,
      apply(updates, changes) {
        told.push('scheme');
        honest.apply(updates, changes);
      },
    };
    const listen = ({ length, pages }: UpdateColumns) =>
      void told.push(Array.from(pages.subarray(0, length)).join(' '));
    const schemes = [{ name: 'tree', counters }];
    await replay(source(), 8, schemes, () => undefined, [listen]);
    expect(told).toEqual(['40 7', 'scheme', '-15', 'scheme']);
  });

  it('sees the last add before a reading moves, wherever in a run that is', async () => {
    for (const batch of [2, 3, 10]) {
      const counters = createCounters(machine, parseScheme(`per-cpu:batch=${batch}`));
      const updates = [{ pages: batch, kind: KIND.fault }];
      const result = await replay(
        arraySource(updates, [true], 1),
        8,
        [{ name: 'per-cpu', counters }],
        () => undefined,
      );
      expect(result.observed[0]!.raw).toMatchObject({ under: batch - 1, over: 0, p99: 0 });
    }
  });

  it('stops where its heartbeat says so', async () => {
    const stop = () => Promise.reject(new Error('stop'));
    await expect(replay(source(), 8, [], stop)).rejects.toThrow('stop');
  });
});

describe('a replay on 1,048,576 CPUs', () => {
  it('keeps every scheme right on the highest CPU', async () => {
    const million = flatMachine(2 ** 20, 33);
    const schemes = [
      'per-thread',
      'per-cpu',
      'per-numa',
      'tree',
      'tree:version=17',
      'tree:version=2',
    ];
    const counters = schemes.map((name) => ({
      name,
      counters: createCounters(million, parseScheme(name)),
    }));
    const last = 2 ** 20 - 1;
    const updates = [
      { pages: 300, kind: KIND.fault, cpu: last },
      { pages: 512, kind: KIND.huge, cpu: 0 },
      { pages: -300, kind: KIND.bulk, cpu: last },
    ];
    const result = await replay(
      arraySource(updates, [true, true, true], 3),
      2 ** 20,
      counters,
      () => undefined,
    );
    expect(result.rss).toBe(512);
    const under = Object.fromEntries(
      schemes.map((name, i) => [name, result.observed[i]!.raw.under]),
    );
    // Node 32 shares slot 0, whose batch is 2,048 on this machine.
    expect(under).toEqual({
      'per-thread': 66,
      'per-cpu': 812,
      'per-numa': 812,
      tree: 812,
      'tree:version=17': 812,
      'tree:version=2': 812,
    });
  });
});
