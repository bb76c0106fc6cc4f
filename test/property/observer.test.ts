/** The observer looks at the ends of stretches; the oracle looks after every add. They agree. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { replay } from '../../src/replay/replay.ts';
import { createCounters } from '../../src/schemes/registry.ts';
import { KIND } from '../../src/update/kinds.ts';
import { machine, type StreamOptions, stream } from '../support/arbitraries.ts';
import {
  addsOfUpdate,
  createReference,
  type ReferenceCounters,
  schemeSpec,
} from '../support/reference.ts';
import { arraySource, type Update } from '../support/updates.ts';

const RSS_MEMBERS = [0, 1, 3];

interface Observation {
  under: number;
  over: number;
  underAtOperation: number | null;
  overAtOperation: number | null;
  mean: number;
  p50: number;
  p99: number;
}

/** Errors after every add and at the end of every operation, by the book, but for those of a warm-up. */
function observeByStepping(
  reference: ReferenceCounters,
  updates: readonly Update[],
  operationEnds: readonly boolean[],
  clamps: boolean,
  warmUp = 0,
): Observation {
  const truth = [0n, 0n, 0n, 0n];
  const errorNow = () => {
    let error = 0n;
    for (const member of RSS_MEMBERS) {
      const reading = reference.reading(member);
      error += (clamps && reading < 0n ? 0n : reading) - truth[member]!;
    }
    return Number(error);
  };
  const result: Observation = {
    under: 0,
    over: 0,
    underAtOperation: null,
    overAtOperation: null,
    mean: 0,
    p50: 0,
    p99: 0,
  };
  const ends: number[] = [];
  const note = (error: number) => {
    if (-error > result.under) {
      result.under = -error;
      result.underAtOperation = ends.length + 1;
    }
    if (error > result.over) {
      result.over = error;
      result.overAtOperation = ends.length + 1;
    }
  };
  updates.forEach((update, u) => {
    for (const add of addsOfUpdate(update)) {
      reference.add(add);
      truth[add.update.member]! += add.pages;
      if (ends.length >= warmUp) note(errorNow());
    }
    if (operationEnds[u]) ends.push(errorNow());
    // What is left behind the warm-up is what it ended with.
    if (ends.length === warmUp) note(errorNow());
  });
  const atEnds = ends.slice(warmUp);
  if (atEnds.length === 0) return result;
  const magnitudes = atEnds.map(Math.abs).sort((a, b) => a - b);
  const rank = (percent: number) => magnitudes[Math.ceil((percent * magnitudes.length) / 100) - 1]!;
  const mean = atEnds.reduce((sum, error) => sum + error, 0) / atEnds.length;
  return { ...result, mean, p50: rank(50), p99: rank(99) };
}

/** Of one member and with pages alone, batches are one stretch; small ones reach zero again and again. */
const plain: StreamOptions = {
  kinds: [KIND.fault, KIND.fault, KIND.fault, KIND.bulk, KIND.remote, KIND.eventless],
  pages: () => ({ min: -90, max: 90 }),
  maxLength: 30,
};

const observed = machine.chain((topology) =>
  fc.record({
    topology: fc.constant(topology),
    spec: schemeSpec,
    updates: fc.oneof(stream(topology), stream(topology, plain)),
    // Where every update ends an operation, the observer takes another loop.
    ends: fc.infiniteStream(fc.boolean()).chain((mixed) => fc.constantFrom(mixed, null)),
    cut: fc.integer({ min: 1, max: 60 }),
  }),
);

describe('the observer', () => {
  it('finds the errors that looking after every add finds', async () => {
    await fc.assert(
      fc.asyncProperty(observed, async ({ topology, spec, updates, ends, cut }) => {
        const operationEnds = updates.map(() => ends === null || (ends.next().value as boolean));
        const result = await replay(
          arraySource(updates, operationEnds, cut),
          topology.nrCpuIds,
          [{ name: 'subject', counters: createCounters(topology, spec) }],
          () => undefined,
        );
        const step = (clamps: boolean) =>
          observeByStepping(createReference(topology, spec), updates, operationEnds, clamps);
        expect(result.observed[0]).toEqual({ clamped: step(true), raw: step(false) });
        expect(result.operations).toBe(operationEnds.filter(Boolean).length);
        expect(result.warmedUp).toBeNull();
      }),
      { numRuns: 800 },
    );
  });

  it('finds since which operation a reader has seen 0', async () => {
    let zeros = 0;
    await fc.assert(
      fc.asyncProperty(observed, async ({ topology, spec, updates, ends, cut }) => {
        const operationEnds = updates.map(() => ends === null || (ends.next().value as boolean));
        const result = await replay(
          arraySource(updates, operationEnds, cut),
          topology.nrCpuIds,
          [{ name: 'subject', counters: createCounters(topology, spec) }],
          () => undefined,
        );
        const reference = createReference(topology, spec);
        let since: number | null = null;
        let operation = 1;
        updates.forEach((update, u) => {
          for (const add of addsOfUpdate(update)) reference.add(add);
          const isZero = RSS_MEMBERS.every((member) => reference.reading(member) <= 0n);
          since = isZero ? (since ?? operation) : null;
          if (operationEnds[u]) operation += 1;
        });
        expect(result.zeroSince).toEqual([since]);
        if (since !== null && since > 1) zeros += 1;
      }),
      // One in twenty has what is looked for.
      { numRuns: 1000 },
    );
    expect(zeros).toBeGreaterThan(5);
  });

  it('finds those of a warm-up and those behind it, each as if it had looked at nothing else', async () => {
    const warmed = fc.record({ of: observed, share: fc.double({ min: 0, max: 1, noNaN: true }) });
    await fc.assert(
      fc.asyncProperty(warmed, async ({ of: { topology, spec, updates, ends, cut }, share }) => {
        const operationEnds = updates.map(() => ends === null || (ends.next().value as boolean));
        const operations = operationEnds.filter(Boolean).length;
        const warmUp = Math.max(1, Math.floor(share * operations));
        fc.pre(operations > 0);
        const result = await replay(
          arraySource(updates, operationEnds, cut),
          topology.nrCpuIds,
          [{ name: 'subject', counters: createCounters(topology, spec) }],
          () => undefined,
          [],
          { warmUp: { operations: warmUp } },
        );
        const step = (clamps: boolean) => {
          const reference = createReference(topology, spec);
          return observeByStepping(reference, updates, operationEnds, clamps, warmUp);
        };
        expect(result.observed[0]).toEqual({ clamped: step(true), raw: step(false) });
        const end = operationEnds.findIndex(
          (_, u) => operationEnds.slice(0, u + 1).filter(Boolean).length === warmUp,
        );
        const before = (clamps: boolean) => {
          const reference = createReference(topology, spec);
          const { under, over, underAtOperation, overAtOperation } = observeByStepping(
            reference,
            updates.slice(0, end + 1),
            operationEnds,
            clamps,
          );
          return { under, over, underAtOperation, overAtOperation };
        };
        expect(result.warmedUp).toEqual({
          operations: warmUp,
          observed: [{ clamped: before(true), raw: before(false) }],
        });
      }),
      { numRuns: 500 },
    );
  });
});
