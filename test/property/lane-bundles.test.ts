/** Bundles: what happens to processes is the same on the other side, in the same order. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { GatheredLane } from '../../src/commands/replay/gathered-lanes.ts';
import { type Bundle, bundleLanes, unbundleLanes } from '../../src/commands/replay/lane-bundles.ts';
import { appendRow, createUpdateColumns, type UpdateColumns } from '../../src/update/columns.ts';

const ROWS = 20;

const row = fc.record({
  thread: fc.nat(2 ** 22),
  cpu: fc.nat(4096),
  pages: fc.integer({ min: -(2 ** 30), max: 2 ** 30 }),
  kind: fc.nat(12),
  member: fc.nat(3),
  operationEnd: fc.constantFrom(0 as const, 1 as const),
});

/** What happens to one of five processes; who ends is followed by another. */
const happening = fc.record({
  place: fc.nat(4),
  what: fc.oneof(
    { weight: 5, arbitrary: fc.array(row, { minLength: 1, maxLength: ROWS }) },
    fc.record({ member: fc.nat(3), pages: fc.integer() }),
    fc.constant('end' as const),
  ),
});

const rowsOf = ({ length, thread, cpu, pages, kind, member, operationEnd }: UpdateColumns) =>
  Array.from({ length }, (_, u) =>
    [thread, cpu, pages, kind, member, operationEnd].map((column) => column[u]),
  );

/** Lanes that write down what they are told. */
function listening() {
  const heard: unknown[] = [];
  let lanes = 0;
  return {
    heard,
    open(): GatheredLane {
      const lane = lanes++;
      heard.push([lane, 'opens']);
      return {
        replay: (batch) => void heard.push([lane, rowsOf(batch)]),
        offset: (member, pages) => void heard.push([lane, member, pages]),
        end: (life) => void heard.push([lane, life]),
      };
    },
  };
}

describe('what happens to processes', () => {
  it('arrives as it was sent, however many bundles it takes', () => {
    fc.assert(
      fc.property(fc.array(happening, { maxLength: 200 }), (happenings) => {
        const near = listening();
        const far = listening();
        const take = unbundleLanes(far.open);
        const { open, handOver } = bundleLanes(createUpdateColumns(ROWS), (bundle) => {
          take(structuredClone(bundle) as Bundle);
          // The same memory again, with old rows in it.
          return bundle.columns;
        });
        const lanes: (readonly [GatheredLane, GatheredLane])[] = [];
        const batch = createUpdateColumns(ROWS);
        happenings.forEach(({ place, what }, line) => {
          const both = lanes[place] ?? [near.open(), open()];
          lanes[place] = both;
          if (what === 'end') {
            const times = { firstLine: line, lastLine: line };
            for (const lane of both) {
              lane.end({ mmId: place, ordinal: line, comm: 'x', ended: true, ...times });
            }
            delete lanes[place];
          } else if (Array.isArray(what)) {
            batch.length = 0;
            for (const { thread, cpu, pages, kind, member, operationEnd } of what) {
              appendRow(batch, thread, cpu, pages, kind, member, operationEnd);
            }
            for (const lane of both) lane.replay(batch);
          } else {
            for (const lane of both) lane.offset(what.member, what.pages);
          }
        });
        handOver();
        expect(far.heard).toEqual(near.heard);
      }),
      { numRuns: 200 },
    );
  });
});
