/** Errors at the ends of rows, near and far, against a plain walk over them. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { CountPage } from '../../../src/replay/histogram.ts';
import { createTally, tallyEnds } from '../../../src/replay/tally.ts';
import { createUpdateColumns } from '../../../src/update/columns.ts';

/** Around zero, around where the far pages of a histogram begin and meet, and beyond 32 bits. */
const around = fc.constantFrom(0, 0, 2 ** 20, 2 ** 20 + 4096, 2 ** 31, 2 ** 40);
/** Some errors near each other, and then some on the other side of zero. */
const errors = fc
  .record({
    around,
    offsets: fc.array(fc.oneof(fc.integer({ min: -40, max: 40 }), fc.constantFrom(-4096, 4095)), {
      minLength: 1,
      maxLength: 8,
    }),
    sides: fc.constantFrom([1], [-1], [1, -1], [-1, 1]),
  })
  .map((run) => run.sides.flatMap((side) => run.offsets.map((off) => side * (run.around + off))));

const batch = fc.record({
  errors: fc.array(errors, { minLength: 1, maxLength: 5 }).map((runs) => runs.flat()),
  ends: fc.infiniteStream(fc.constantFrom(0, 1)).chain((mixed) => fc.constantFrom(mixed, null)),
});

/** The counts of a distribution by value, values ascending. */
function counted(pages: readonly CountPage[]): [number, number][] {
  const found: [number, number][] = [];
  for (const { first, counts } of pages) {
    for (let i = 0; i < counts.length; i++) if (counts[i]! > 0) found.push([first + i, counts[i]!]);
  }
  return found.sort(([x], [y]) => x - y);
}

it('finds extremes, where they were first, sum and distribution', () => {
  fc.assert(
    fc.property(fc.array(batch, { minLength: 1, maxLength: 4 }), (batches) => {
      const tally = createTally();
      const expected = { low: 0, lowAt: 0, high: 0, highAt: 0, samples: 0, sum: 0n };
      const magnitudes = new Map<number, number>();
      for (const { errors: list, ends } of batches) {
        const columns = createUpdateColumns(list.length);
        columns.length = list.length;
        const before = expected.samples;
        list.forEach((error, u) => {
          const end = ends === null ? 1 : (ends.next().value ?? 1);
          columns.operationEnd[u] = end;
          if (error < expected.low) {
            expected.low = error;
            expected.lowAt = expected.samples + 1;
          } else if (error > expected.high) {
            expected.high = error;
            expected.highAt = expected.samples + 1;
          }
          if (end === 0) return;
          expected.samples += 1;
          expected.sum += BigInt(error);
          magnitudes.set(Math.abs(error), (magnitudes.get(Math.abs(error)) ?? 0) + 1);
        });
        const reading = Float64Array.from(list, (error) => error + 7);
        const truth = new Float64Array(list.length).fill(7);
        const everyRowEnds = expected.samples - before === list.length;
        const ended = tallyEnds(tally, reading, truth, columns, everyRowEnds, before);
        expect(ended).toBe(expected.samples - before);
      }
      const { magnitudes: found, ...rest } = tally;
      expect(rest).toEqual(expected);
      expect(counted([found.near, ...found.far.values()])).toEqual(
        [...magnitudes].sort(([a], [b]) => a - b),
      );
    }),
    { numRuns: 150 },
  );
});
