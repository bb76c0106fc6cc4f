/** What short streams cost under each scheme, worked out by hand from the kernels' code. */
import { describe, expect, it } from 'vitest';
import { MEMBER } from '../../../../src/kernel/rss-stat.ts';
import {
  DISTANCES,
  type Distance,
  distancesOn,
  type Transfers,
} from '../../../../src/schemes/cost.ts';
import { parseScheme } from '../../../../src/schemes/registry.ts';
import { KIND } from '../../../../src/update/kinds.ts';
import { createCostCounters } from '../../../support/cost.ts';
import { flatMachine } from '../../../support/machines.ts';
import { sixteenCpus } from '../../../support/sixteen.ts';
import { columnsOf, type Update } from '../../../support/updates.ts';

/** The distances that occurred. */
function told(transfers: Transfers): Partial<Record<Distance, number>> {
  return Object.fromEntries(
    DISTANCES.map((distance, place) => [distance, transfers[place]!] as const).filter(
      ([, touches]) => touches !== 0,
    ),
  );
}

/** [plain, own transfers], and for each shared line [atomics, locks, transfers]. */
function costOf(
  scheme: string,
  updates: readonly Update[],
  topology = sixteenCpus,
): Record<string, unknown> {
  const cost = createCostCounters(topology, parseScheme(scheme), distancesOn(topology));
  cost.apply(columnsOf(updates));
  const { own, shared } = cost.counts;
  return {
    own: [own.plain, told(own.transfers)],
    ...Object.fromEntries(
      shared.map(({ name, atomics, locks, transfers }) => [
        name,
        [atomics, locks, told(transfers)],
      ]),
    ),
  };
}

const faults = (cpu: number, pages: number, more: Partial<Update> = {}): Update => ({
  kind: KIND.fault,
  cpu,
  pages,
  ...more,
});

const huge = (cpu: number): Update => ({ kind: KIND.huge, cpu, pages: 512 });

const bulk = (cpu: number, pages: number, more: Partial<Update> = {}): Update => ({
  kind: KIND.bulk,
  cpu,
  pages,
  ...more,
});

const hotplug = (kind: number, cpu: number): Update => ({ kind, cpu, pages: 0 });

describe('one shared counter', () => {
  it('is brought by the first add of each CPU in turn, and stays for the rest', () => {
    expect(costOf('atomic', [faults(0, 3), bulk(1, -2), faults(8, 1)])).toEqual({
      own: [0, {}],
      shared: [5, 0, { unknown: 1, sameCpu: 2, sameCore: 1, remoteNode: 1 }],
    });
  });

  it('has all four members in one line', () => {
    const { shared } = costOf('atomic', [
      faults(0, 1, { member: MEMBER.file }),
      faults(2, 1, { member: MEMBER.shmem }),
    ]);
    expect(shared).toEqual([2, 0, { unknown: 1, sameCache: 1 }]);
  });
});

describe('per-thread counting', () => {
  it('takes one atomic at the 66th fault, and two at an unmap that finds a page cached', () => {
    expect(costOf('per-thread', [faults(0, 66), bulk(4, -1)])).toEqual({
      // 66 faults on CPU 0, then the thread's line comes along to CPU 4.
      own: [67, { unknown: 1, sameCpu: 65, sameNode: 1 }],
      // 65 pages on CPU 0; the 66th fault's own page and the unmap's on CPU 4.
      shared: [3, 0, { unknown: 1, sameNode: 1, sameCpu: 1 }],
    });
  });

  it('takes an atomic a member at a sync, none where a member holds nothing', () => {
    const copyOnWrite = [
      faults(0, -1, { member: MEMBER.file }),
      { kind: KIND.eventless, cpu: 0, pages: 1, member: MEMBER.anon },
    ];
    const exit = { kind: KIND.threadExit, cpu: 9, pages: 0 };
    expect(costOf('per-thread', [...copyOnWrite, exit])).toEqual({
      // The exit is where the thread was, whatever CPU its record has.
      own: [3, { unknown: 1, sameCpu: 2 }],
      shared: [2, 0, { unknown: 1, sameCpu: 1 }],
    });
    expect(costOf('per-thread', [exit])).toEqual({
      own: [1, { unknown: 1 }],
      shared: [0, 0, {}],
    });
  });

  it('writes the event counter for a huge page, and nothing of its own for a remote update', () => {
    const remote = { kind: KIND.remote, cpu: 8, pages: -512 };
    expect(costOf('per-thread', [huge(0), remote])).toEqual({
      own: [1, { unknown: 1 }],
      shared: [2, 0, { unknown: 1, remoteNode: 1 }],
    });
  });

  it('has a line for each thread', () => {
    const { own } = costOf('per-thread', [faults(0, 1), faults(1, 1, { thread: 1 }), faults(0, 1)]);
    expect(own).toEqual([3, { unknown: 2, sameCpu: 1 }]);
  });
});

describe('per-CPU counters', () => {
  it('take the lock when a CPU has a batch, here of 32 pages', () => {
    expect(costOf('per-cpu', [faults(0, 31), faults(2, 64), faults(0, 1)])).toEqual({
      own: [96, { unknown: 2, sameCpu: 94 }],
      shared: [0, 3, { unknown: 1, sameCpu: 1, sameCache: 1 }],
    });
  });

  it('take the lock of every member when a CPU goes, on a CPU that is not known', () => {
    const updates = [
      huge(0),
      hotplug(KIND.cpuOffline, 2),
      huge(0),
      hotplug(KIND.cpuOnline, 2),
      huge(2),
    ];
    expect(costOf('per-cpu', updates)).toEqual({
      own: [3, { unknown: 2, sameCpu: 1 }],
      shared: [0, 7, { unknown: 6, sameCache: 1 }],
    });
  });

  it('have file and anon in one line, shmem in another', () => {
    const of = (member: number, cpu: number) => ({ ...huge(cpu), member });
    const { shared } = costOf('per-cpu', [of(MEMBER.file, 0), of(MEMBER.anon, 1)]);
    expect(shared).toEqual([0, 2, { unknown: 1, sameCore: 1 }]);
    const { shared: apart } = costOf('per-cpu', [of(MEMBER.file, 0), of(MEMBER.shmem, 1)]);
    expect(apart).toEqual([0, 2, { unknown: 2 }]);
  });
});

describe('per-NUMA atomics', () => {
  it('take one atomic an add, and two more at a flush', () => {
    expect(costOf('per-numa', [faults(0, 31), faults(1, 2)])).toEqual({
      own: [0, {}],
      slots: [34, 0, { unknown: 1, sameCpu: 32, sameCore: 1 }],
      // The global value is in the slot's line: it has come with it.
      shared: [1, 0, { sameCpu: 1 }],
    });
  });

  it('move one line between nodes whose slots share it', () => {
    const { slots } = costOf('per-numa', [faults(0, 1), faults(8, 1), faults(0, 1)]);
    expect(slots).toEqual([3, 0, { unknown: 1, remoteNode: 2 }]);
  });

  it('have nodes that are eight slots apart in lines of their own', () => {
    const nine = flatMachine(9, 9);
    const { slots } = costOf('per-numa', [faults(0, 1), faults(8, 1), faults(0, 1)], nine);
    expect(slots).toEqual([3, 0, { unknown: 2, sameCpu: 1 }]);
  });
});

describe('the tree', () => {
  // 16 CPUs: arities 4 2 2, batches 32, 128, 256; 4 items on level 1, 2 on level 2.
  const updates = [
    faults(0, 32), // level 1, item 0: 32
    faults(4, 32), // CPU 4 shares it: 64
    faults(1, 32), // item 1
    faults(0, 64), // two carries: item 0 at 128, so one carry to level 2
    huge(8), // CPU 8 shares both: level 1 at 640, level 2 at 640, sum 512
  ];

  it('takes one atomic on each level that a carry reaches', () => {
    expect(costOf('tree', updates)).toEqual({
      own: [161, { unknown: 4, sameCpu: 157 }],
      'level 1': [6, 0, { unknown: 2, sameCpu: 1, sameNode: 2, remoteNode: 1 }],
      'level 2': [2, 0, { unknown: 1, remoteNode: 1 }],
      sum: [1, 0, { unknown: 1 }],
    });
  });

  it('passes by in version 17 the levels that a carry is a whole number of batches of', () => {
    expect(costOf('tree:version=17', updates)).toMatchObject({
      'level 1': [5, 0, { unknown: 2, sameCpu: 1, sameNode: 2 }],
      'level 2': [1, 0, { unknown: 1 }],
      sum: [1, 0, { unknown: 1 }],
    });
  });

  it('shares items between neighbours in the logical mapping', () => {
    const { 'level 1': level1 } = costOf('tree:mapping=logical', [faults(0, 32), faults(1, 32)]);
    expect(level1).toEqual([2, 0, { unknown: 1, sameCore: 1 }]);
  });

  it('has no shared line on one CPU', () => {
    expect(costOf('tree', [faults(0, 100)], flatMachine(1))).toEqual({
      own: [100, { unknown: 1, sameCpu: 99 }],
    });
  });

  it('counts the carries of ints that pass 2^31', () => {
    const level0 = [
      { kind: KIND.remote, cpu: 0, pages: 2 ** 30 },
      { kind: KIND.remote, cpu: 0, pages: 2 ** 30 - 1 },
      faults(0, 1),
    ];
    // Three adds of any size, each with a carry: 2^30, 2^30 - 32, 32.
    expect(costOf('tree', level0)).toMatchObject({ 'level 1': [3, 0, { unknown: 1, sameCpu: 2 }] });
  });
});
