/** The two loops over a stretch do the same, and what whole numbers say. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { applyOftenFull, applySeldomFull } from '../../../src/schemes/cells.ts';
import { KIND } from '../../../src/update/kinds.ts';
import { createReadings } from '../../../src/update/readings.ts';
import { columnsOf, type Update } from '../../support/updates.ts';

const INT = 2 ** 31 - 1;

interface Stretch {
  readonly batch: number;
  readonly held: readonly number[];
  readonly reading: number;
  readonly updates: readonly Update[];
}

/** Sums near whole batches, where a division is wrong first, and all that 32 bits hold. */
const stretches: fc.Arbitrary<Stretch> = fc
  .oneof(
    fc.integer({ min: 1, max: 100 }),
    fc.integer({ min: 1, max: 2 ** 30 }),
    fc.integer({ min: 0, max: 30 }).map((order) => 2 ** order),
    fc.integer({ min: 0, max: 7 }).map((order) => 2 ** order),
  )
  .chain((batch) => {
    const most = Math.floor(INT / batch);
    const nearBatches = fc
      .record({ batches: fc.integer({ min: -most, max: most }), off: fc.constantFrom(-1, 0, 1) })
      .map(({ batches, off }) => Math.max(-INT, Math.min(INT, batches * batch + off)));
    const update = fc.record({
      kind: fc.constantFrom(KIND.fault, KIND.bulk, KIND.remote),
      cpu: fc.nat(2),
      pages: fc.oneof(nearBatches, fc.integer({ min: -300, max: 300 })),
    });
    const inside = fc.integer({ min: 1 - batch, max: batch - 1 });
    return fc.record({
      batch: fc.constant(batch),
      held: fc.array(fc.oneof(fc.constant(0), inside), { minLength: 3, maxLength: 3 }),
      reading: fc.integer({ min: -1000, max: 1000 }),
      updates: fc.array(update, { minLength: 1, maxLength: 20 }),
    });
  });

function applied({ batch, held, reading, updates }: Stretch, often: boolean) {
  const readings = createReadings(updates.length);
  const columns = columnsOf(updates);
  const stretch = {
    ...{ from: 0, to: updates.length, held: Int32Array.from(held) },
    ...{ table: null, batch, reading, full: 0 },
  };
  if (often) applyOftenFull(stretch, columns, readings);
  if (stretch.from < stretch.to) applySeldomFull(stretch, columns, readings);
  const { after, inner, lowest } = readings;
  const { update, add, reading: readingOf, count, step } = inner;
  const entries = Array.from({ length: inner.length }, (_, i) => [
    ...[update[i], add[i], readingOf[i], count[i], step[i]],
  ]);
  return { stretch, after, lowest, entries };
}

/** What is read after each update, in big integers. */
function byDefinition({ batch, held, reading, updates }: Stretch): number[] {
  const most = BigInt(batch);
  const cells = held.map(BigInt);
  let shared = BigInt(reading);
  return updates.map(({ kind, cpu = 0, pages }) => {
    const sum = cells[cpu]! + BigInt(pages);
    const isFull = sum >= most || -sum >= most;
    const moved = isFull ? (kind === KIND.fault ? (sum / most) * most : sum) : 0n;
    cells[cpu] = sum - moved;
    shared += moved;
    return Number(shared);
  });
}

describe('a stretch over cells', () => {
  it('is the same for cells that are seldom and often full, exactly, up to 32 bits', () => {
    fc.assert(
      fc.property(stretches, (one) => {
        const seldom = applied(one, false);
        expect(Array.from(seldom.after)).toEqual(byDefinition(one));
        // The other loop is for powers of two.
        if ((one.batch & (one.batch - 1)) === 0) expect(applied(one, true)).toEqual(seldom);
      }),
      { numRuns: 3000 },
    );
  });
});
