/** The verification's own machines count as the schemes do, where nothing interrupts an update. */

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  cellAfter,
  THREAD_MOVES,
  type ThreadState,
  threadAfter,
} from '../../../../src/commands/witness/verify/settled-states.ts';
import {
  beginOnSlot,
  keptFromReader,
  moveToShared,
  type SlotState,
  subtractFromSlot,
} from '../../../../src/commands/witness/verify/slot-burst.ts';
import {
  createTreeSteps,
  type TreeHolding,
} from '../../../../src/commands/witness/verify/tree-schedules.ts';
import { settledTree, treeLayout } from '../../../../src/commands/witness/verify/tree-states.ts';
import {
  advance,
  atRest,
  begin,
} from '../../../../src/commands/witness/verify/two-level-states.ts';
import {
  createCounters,
  parseScheme,
  type SchemeSpec,
  schemeOf,
} from '../../../../src/schemes/registry.ts';
import type { Topology } from '../../../../src/topology/topology.ts';
import { KIND } from '../../../../src/update/kinds.ts';
import { flatMachine } from '../../../support/machines.ts';
import { columnsOf, readingsAfterEach, readingsOf, type Update } from '../../../support/updates.ts';

/** What the scheme reads minus what is there, after each update. */
function errorsOf(spec: SchemeSpec, cpus: number, updates: readonly Update[]): number[] {
  const counters = createCounters(flatMachine(cpus), spec);
  const columns = columnsOf(updates);
  const readings = readingsOf(counters, columns);
  let precise = 0;
  return readingsAfterEach(readings, columns).map((reading, u) => {
    precise += updates[u]!.pages;
    return reading - precise;
  });
}

const streamOn = (cpus: number, most: number) =>
  fc.array(
    fc.record({
      cpu: fc.integer({ min: 0, max: cpus - 1 }),
      pages: fc.integer({ min: -most, max: most }).filter((pages) => pages !== 0),
      kind: fc.constant(KIND.remote),
    }),
    { maxLength: 200 },
  );

const TREES = ['tree:batch=2', 'tree:batch=4,version=2', 'tree:batch=2,mapping=logical'];

describe.each(TREES)('%s', (scheme) => {
  const spec = parseScheme(scheme);
  if (spec.scheme !== 'tree') throw new Error('a tree');
  const treeOn = (machine: Topology): TreeHolding => {
    const holding = schemeOf(spec).holding(spec, machine, machine.online, 5);
    if (holding.kind !== 'tree') throw new Error('a tree');
    return holding;
  };

  it.each([2, 3, 7, 8])('with whole updates, full values, on %i CPUs', (cpus) => {
    const tree = treeOn(flatMachine(cpus));
    fc.assert(
      fc.property(streamOn(cpus, 5000), (stream) => {
        const steps = createTreeSteps(tree);
        const errors = stream.map(({ cpu, pages }) => {
          let held = steps.begin(tree.numbers[cpu]!, pages);
          while (held !== null) held = steps.advance(held);
          return steps.error();
        });
        expect(errors).toEqual(errorsOf(spec, cpus, stream));
      }),
    );
  });

  it.each([2, 3, 6, 8])('by residues and single pages alone, on %i CPUs', (cpus) => {
    const machine = flatMachine(cpus);
    const graph = settledTree(treeLayout(treeOn(machine)), machine.online);
    fc.assert(
      fc.property(streamOn(cpus, 70), (stream) => {
        let state = 0;
        const errors = stream.map(({ cpu, pages }) => {
          const move = 2 * cpu + (pages < 0 ? 1 : 0);
          for (let page = 0; page < Math.abs(pages); page++) state = graph.step(state, move);
          return graph.error(state);
        });
        expect(errors.map((error) => error + 0)).toEqual(errorsOf(spec, cpus, stream));
      }),
    );
  });
});

describe('cells below middle values', () => {
  it.each([
    [2, 5],
    [5, 2],
    [7, 7],
    [3, 32],
  ])('of batches %i and %i keep what the scheme keeps', (batch, middle) => {
    const spec = parseScheme(`two-level:batch=${batch},middle=${middle}`);
    const shape = { groups: Int32Array.of(0, 0, 0), batch, middle };
    fc.assert(
      fc.property(streamOn(3, 3 * batch), (stream) => {
        const values = atRest(shape);
        const errors = stream.map(({ cpu, pages }) => {
          let held = begin(shape, values, cpu, pages);
          while (held !== null) held = advance(shape, values, held);
          return 0 - [...values.cells, ...values.middles].reduce((sum, kept) => sum + kept, 0);
        });
        expect(errors).toEqual(errorsOf(spec, 3, stream));
      }),
    );
  });
});

describe('a cell', () => {
  it.each([1, 2, 7, 32])('of batch %i keeps what a CPU keeps', (batch) => {
    fc.assert(
      fc.property(streamOn(1, 3 * batch), (stream) => {
        let held = 0;
        const errors = stream.map(({ pages }) => {
          held = cellAfter(held, pages, batch);
          return 0 - held;
        });
        expect(errors).toEqual(errorsOf({ scheme: 'per-cpu', batch }, 1, stream));
      }),
    );
  });

  it.each([2, 7, 32])('of batch %i keeps what a slot keeps, step by step', (batch) => {
    fc.assert(
      fc.property(streamOn(1, 3 * batch), (stream) => {
        let state: SlotState = { slot: 0, waiting: 0, toMove: [], toSubtract: [] };
        const errors = stream.map(({ pages }) => {
          state = beginOnSlot({ ...state, waiting: 1 }, pages, batch);
          for (const seen of state.toMove) state = moveToShared(state, seen);
          for (const seen of state.toSubtract) state = subtractFromSlot(state, seen);
          return 0 - keptFromReader(state);
        });
        expect(errors).toEqual(errorsOf({ scheme: 'per-numa', batch }, 1, stream));
      }),
    );
  });
});

describe('a thread', () => {
  it('caches what the scheme caches', () => {
    const moves = fc.array(fc.constantFrom('fault', 'fault', 'fault', 'fault', ...THREAD_MOVES), {
      minLength: 100,
      maxLength: 400,
    });
    const pagesOf = { fault: 1, huge: 512, bulk: -3 };
    fc.assert(
      fc.property(moves, (stream) => {
        let thread: ThreadState = { events: 0, cached: 0 };
        const errors = stream.map((move) => {
          thread = threadAfter(thread, move);
          return 0 - thread.cached;
        });
        const updates = stream.map((move) => ({ kind: KIND[move], pages: pagesOf[move] }));
        expect(errors).toEqual(errorsOf({ scheme: 'per-thread' }, 1, updates));
      }),
    );
  });
});
