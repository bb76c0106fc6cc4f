/** A series has the extremes over every add of each bucket, and changes nothing of the whole. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { replay } from '../../src/replay/replay.ts';
import type { Bucket } from '../../src/replay/series.ts';
import { createCounters } from '../../src/schemes/registry.ts';
import { machine, stream } from '../support/arbitraries.ts';
import {
  addsOfUpdate,
  createReference,
  type ReferenceCounters,
  schemeSpec,
} from '../support/reference.ts';
import { arraySource, type Update } from '../support/updates.ts';

const RSS_MEMBERS = [0, 1, 3];

/** The error after each add of each operation, by the book. */
function errorsOf(
  reference: ReferenceCounters,
  updates: readonly Update[],
  operationEnds: readonly boolean[],
  clamps: boolean,
): number[][] {
  const truth = [0n, 0n, 0n, 0n];
  const errorNow = () => {
    let error = 0n;
    for (const member of RSS_MEMBERS) {
      const reading = reference.reading(member);
      error += (clamps && reading < 0n ? 0n : reading) - truth[member]!;
    }
    return Number(error);
  };
  const errors: number[][] = [[0]];
  updates.forEach((update, u) => {
    for (const add of addsOfUpdate(update)) {
      reference.add(add);
      truth[add.update.member]! += add.pages;
      errors.at(-1)!.push(errorNow());
    }
    if (operationEnds[u]) errors.push([errorNow()]);
  });
  return errors;
}

const cases = machine.chain((topology) =>
  fc.record({
    topology: fc.constant(topology),
    spec: schemeSpec,
    updates: stream(topology),
    every: fc.integer({ min: 1, max: 3 }),
    cut: fc.integer({ min: 1, max: 60 }),
    buckets: fc.integer({ min: 1, max: 12 }),
    warmUp: fc.option(fc.integer({ min: 1, max: 5 }), { nil: undefined }),
  }),
);

it('agrees with looking after every add, and the whole with a replay without one', async () => {
  await fc.assert(
    fc.asyncProperty(cases, async ({ topology, spec, updates, every, cut, buckets, warmUp }) => {
      // Every so many updates end an operation, and the last does.
      const operationEnds = updates.map((_, u) => u % every === 0 || u === updates.length - 1);
      const operations = operationEnds.filter(Boolean).length;
      const before = warmUp ?? 0;
      fc.pre(operations > before);
      const run = (stages: object) =>
        replay(
          { ...arraySource(updates, operationEnds, cut), operations },
          topology.nrCpuIds,
          [{ name: 'subject', counters: createCounters(topology, spec) }],
          () => undefined,
          [],
          warmUp === undefined ? stages : { ...stages, warmUp: { operations: warmUp } },
        );
      const { series, ...whole } = await run({ buckets });
      expect({ ...whole, series: [[]] }).toEqual(await run({}));
      const [found] = series as [Bucket[]];
      expect(found.length).toBe(Math.min(buckets, operations - before));
      expect([found[0]!.fromOperation, found.at(-1)!.toOperation]).toEqual([
        before + 1,
        operations,
      ]);
      for (const [clamps, reading] of [
        [true, 'clamped'],
        [false, 'raw'],
      ] as const) {
        const errors = errorsOf(createReference(topology, spec), updates, operationEnds, clamps);
        found.forEach(({ fromOperation, toOperation, [reading]: { min, max, last } }, i) => {
          expect(fromOperation).toBe((found[i - 1]?.toOperation ?? before) + 1);
          const inside = errors.slice(fromOperation - 1, toOperation).flat();
          expect({ min, max, last }).toEqual({
            min: Math.min(...inside),
            max: Math.max(...inside),
            last: errors[toOperation]![0],
          });
        });
      }
    }),
    { numRuns: 400 },
  );
});
