/** Errors of a reading that stays what it is, from counts of resident sets, against a walk over the rows. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { createTruths, tallySteady } from '../../../src/replay/steady.ts';
import { createTally, type Tally, tallyEnds } from '../../../src/replay/tally.ts';
import { createUpdateColumns } from '../../../src/update/columns.ts';

/** Near zero, where far pages of a histogram meet, and beyond 32 bits. */
const around = fc.constantFrom(0, 500, 2 ** 21 + 8, 2 ** 31, 2 ** 40);

const batch = fc.record({
  reading: fc.integer({ min: -3, max: 3 }),
  rss: fc.array(
    fc.oneof({ weight: 60, arbitrary: fc.integer({ min: 0, max: 20 }) }, fc.constant(600)),
    { minLength: 1, maxLength: 40 },
  ),
});

function pagesOf({ magnitudes: { near, far } }: Tally): [number, number[]][] {
  const pages = [near, ...far.values()].map(({ first, counts }): [number, number[]] => [
    first,
    Array.from(counts),
  ]);
  return pages.filter(([, counts]) => counts.some((count) => count > 0)).sort(([a], [b]) => a - b);
}

it('are what a walk over the rows finds, or are left to it', () => {
  let counted = 0;
  fc.assert(
    fc.property(around, fc.array(batch, { minLength: 1, maxLength: 8 }), (place, batches) => {
      const walked = createTally();
      const jumped = createTally();
      for (const { reading: offset, rss: some } of batches) {
        const rss = Array.from({ length: 1024 + some.length }, (_, u) => some[u % some.length]!);
        const columns = createUpdateColumns(rss.length);
        columns.length = rss.length;
        columns.operationEnd.fill(1);
        const reading = place + offset;
        const after = new Float64Array(rss.length).fill(reading);
        const truth = Float64Array.from(rss);
        const before = walked.samples;
        tallyEnds(walked, after, truth, columns, true, before);
        if (tallySteady(jumped, reading, createTruths(), truth, rss.length)) counted += 1;
        else tallyEnds(jumped, after, truth, columns, true, before);
        const { magnitudes: _, ...found } = jumped;
        expect(found).toEqual({ ...walked, magnitudes: undefined });
      }
      expect(pagesOf(jumped)).toEqual(pagesOf(walked));
    }),
    { numRuns: 100 },
  );
  expect(counted).toBeGreaterThan(50);
});
