/** What updates cost is counted by counters of its own: they must count pages as the schemes do. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { countsInLongs } from '../../src/kernel/tree-shape.ts';
import { DISTANCE, distancesOn, type Transfers } from '../../src/schemes/cost.ts';
import {
  createCounters,
  formatScheme,
  parseScheme,
  type SchemeSpec,
} from '../../src/schemes/registry.ts';
import type { Topology } from '../../src/topology/topology.ts';
import { addsOf } from '../../src/update/columns.ts';
import { KIND } from '../../src/update/kinds.ts';
import { enterReadings } from '../../src/update/readings.ts';
import { machine, stream } from '../support/arbitraries.ts';
import { createCostCounters } from '../support/cost.ts';
import { schemeSpec } from '../support/reference.ts';
import { columnsOf, readingsOf, type Update } from '../support/updates.ts';

const MEMBERS = [0, 1, 2, 3];

const machineSchemeStream = machine.chain((topology) =>
  fc.record({
    topology: fc.constant(topology),
    spec: schemeSpec,
    updates: stream(topology),
  }),
);

const hasPages = ({ kind }: Update) => kind < KIND.threadExit;

const addsIn = (updates: readonly Update[]) =>
  updates.filter(hasPages).reduce((sum, { kind, pages }) => sum + addsOf(kind, pages), 0);

const sumOf = (transfers: Transfers) => transfers.reduce((sum, touches) => sum + touches, 0);

function counted(topology: Topology, spec: SchemeSpec, updates: readonly Update[]) {
  const cost = createCostCounters(topology, spec, distancesOn(topology));
  cost.apply(columnsOf(updates));
  return cost.counts;
}

/** The same adds, each fault of a run an update of its own. */
function oneByOne(updates: readonly Update[]): Update[] {
  return updates.flatMap((update) =>
    update.kind === KIND.fault
      ? Array.from({ length: Math.abs(update.pages) }, () => ({
          ...update,
          pages: Math.sign(update.pages),
        }))
      : [update],
  );
}

describe('cost counters', () => {
  it('read and hold after every update what the scheme does', () => {
    fc.assert(
      fc.property(machineSchemeStream, ({ topology, spec, updates }) => {
        const scheme = createCounters(topology, spec);
        const cost = createCostCounters(topology, spec, distancesOn(topology));
        const members = new Float64Array(4);
        for (const update of updates) {
          const columns = columnsOf([update]);
          enterReadings(members, columns, readingsOf(scheme, columns));
          cost.apply(columns);
          expect(MEMBERS.map(cost.reading)).toEqual(Array.from(members));
          expect(MEMBERS.map(cost.preciseSum)).toEqual(MEMBERS.map(scheme.preciseSum));
        }
      }),
      { numRuns: 600 },
    );
  });

  it('count the same of a run of faults as of its faults one by one', () => {
    fc.assert(
      fc.property(machineSchemeStream, ({ topology, spec, updates }) => {
        expect(counted(topology, spec, oneByOne(updates))).toEqual(
          counted(topology, spec, updates),
        );
      }),
      { numRuns: 300 },
    );
  });

  it('count the same however the stream is cut into batches', () => {
    fc.assert(
      fc.property(machineSchemeStream, ({ topology, spec, updates }) => {
        const cost = createCostCounters(topology, spec, distancesOn(topology));
        for (const update of updates) cost.apply(columnsOf([update]));
        expect(cost.counts).toEqual(counted(topology, spec, updates));
      }),
      { numRuns: 200 },
    );
  });

  it('put down for each touch how far its line came', () => {
    fc.assert(
      fc.property(machineSchemeStream, ({ topology, spec, updates }) => {
        const { own, shared } = counted(topology, spec, updates);
        expect(sumOf(own.transfers)).toBe(own.plain);
        for (const { atomics, locks, transfers } of shared) {
          expect(sumOf(transfers)).toBe(atomics + locks);
        }
      }),
    );
  });
});

describe('the touches of a stream', () => {
  const withStream = (
    text: string,
    check: (counts: ReturnType<typeof counted>, updates: readonly Update[], adds: number) => void,
  ) =>
    fc.assert(
      fc.property(
        machine.chain((topology) => fc.tuple(fc.constant(topology), stream(topology))),
        ([topology, updates]) => {
          check(counted(topology, parseScheme(text), updates), updates, addsIn(updates));
        },
      ),
      { numRuns: 300 },
    );

  it('are one plain touch an add under per-cpu and tree', () => {
    for (const text of ['per-cpu', 'tree', 'tree:version=17']) {
      withStream(text, ({ own }, _, adds) => expect(own.plain).toBe(adds));
    }
  });

  it('are one atomic an add with one counter', () => {
    withStream('atomic', ({ own, shared: [shared] }, _, adds) => {
      expect([own.plain, shared?.atomics, shared?.locks]).toEqual([0, adds, 0]);
    });
  });

  it('are an atomic an add and one a flush on the slots, under per-numa', () => {
    withStream('per-numa', ({ own, shared: [slots, shared] }, _, adds) => {
      expect(own.plain).toBe(0);
      expect(slots!.atomics).toBe(adds + shared!.atomics);
    });
  });

  it('are locked at the flushes, and four times where a CPU goes, under per-cpu', () => {
    withStream('per-cpu:batch=1', ({ shared: [shared] }, updates, adds) => {
      const gone = updates.filter(({ kind }) => kind === KIND.cpuOffline).length;
      const nothing = updates.filter(({ kind, pages }) => {
        return pages === 0 && kind !== KIND.fault && kind < KIND.threadExit;
      }).length;
      expect(shared).toMatchObject({ atomics: 0, locks: adds - nothing + 4 * gone });
    });
  });

  it('are plain under per-thread where the thread itself counts, and at its exit', () => {
    withStream('per-thread', ({ own }, updates, adds) => {
      const remote = updates.filter(({ kind }) => kind === KIND.remote).length;
      const exits = updates.filter(({ kind }) => kind === KIND.threadExit).length;
      expect(own.plain).toBe(adds - remote + exits);
    });
  });

  it('never move the own line of a CPU', () => {
    for (const text of ['per-cpu', 'tree']) {
      withStream(text, ({ own }) => {
        expect(own.transfers.slice(DISTANCE.sameCore)).toEqual(new Float64Array(4));
      });
    }
  });

  it('grow fewer from level to level of a tree', () => {
    fc.assert(
      fc.property(machineSchemeStream, ({ topology, spec, updates }) => {
        fc.pre(spec.scheme === 'tree' && !countsInLongs(spec.version));
        const { own, shared } = counted(topology, spec, updates);
        const atomics = shared.map((level) => level.atomics);
        expect(atomics, formatScheme(spec)).toEqual(atomics.toSorted((a, b) => b - a));
        expect(atomics[0] ?? 0).toBeLessThanOrEqual(own.plain);
      }),
    );
  });
});
