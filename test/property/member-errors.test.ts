/** Errors of each member and of RSS: what looking after every add finds, and what a replay finds. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createMm } from '../../src/process/mm.ts';
import { nearestRank, valuesAtRanks } from '../../src/replay/histogram.ts';
import {
  createMemberErrors,
  NR_QUANTITIES,
  observedProcess,
  observeMembers,
  type QuantityErrors,
  RSS,
} from '../../src/replay/member-errors.ts';
import { replay } from '../../src/replay/replay.ts';
import { createCounters } from '../../src/schemes/registry.ts';
import { createUpdateColumns } from '../../src/update/columns.ts';
import { clearReadings, createReadings } from '../../src/update/readings.ts';
import { machine, stream } from '../support/arbitraries.ts';
import { addsOfUpdate, createReference, schemeSpec } from '../support/reference.ts';
import { arraySource } from '../support/updates.ts';

const RSS_MEMBERS = [0, 1, 3];

const observed = machine.chain((topology) =>
  fc.record({
    topology: fc.constant(topology),
    spec: schemeSpec,
    updates: stream(topology),
    ends: fc.infiniteStream(fc.boolean()),
    cut: fc.integer({ min: 1, max: 60 }),
  }),
);

/** What is said of one quantity. */
function told({ under, over, sum, samples, magnitudes }: QuantityErrors) {
  const ranks = [nearestRank(50, samples), nearestRank(99, samples)];
  const [p50 = 0, p99 = 0] = samples === 0 ? [] : valuesAtRanks([magnitudes], ranks);
  return {
    under: under.pages,
    underAtOperation: under.of === null ? null : under.operation,
    over: over.pages,
    overAtOperation: over.of === null ? null : over.operation,
    mean: samples === 0 ? 0 : Number(sum) / samples,
    p50,
    p99,
  };
}

describe('the errors of members', () => {
  it('are those that looking after every add finds, and those of RSS a replay finds', async () => {
    await fc.assert(
      fc.asyncProperty(observed, async ({ topology, spec, updates, ends, cut }) => {
        const operationEnds = updates.map(() => ends.next().value as boolean);
        const mm = createMm(topology, spec);
        const errors = createMemberErrors();
        const process = observedProcess({ process: 7, program: 'p' }, mm.readings);
        const columns = createUpdateColumns();
        const readings = createReadings();
        const truth = new Float64Array(4);
        const source = arraySource(updates, operationEnds, cut);
        let operations = 0;
        for (;;) {
          source.fill(columns);
          if (columns.length === 0) break;
          clearReadings(readings);
          mm.counters.apply(columns, readings);
          operations += observeMembers(errors, process, columns, readings, truth, operations);
        }

        const reference = createReference(topology, spec);
        const held = [0n, 0n, 0n, 0n];
        const low = new Array<number>(NR_QUANTITIES).fill(0);
        const high = new Array<number>(NR_QUANTITIES).fill(0);
        const sums = new Array<number>(NR_QUANTITIES).fill(0);
        let largest = 0;
        let now = { since: 0, operations: 0, resident: 0 };
        let longest = now;
        let [zeros, ended] = [0, 0];
        const errorsNow = (clamps: boolean) => {
          const members = held.map((pages, member) => {
            const reading = reference.reading(member);
            return Number((clamps && reading < 0n ? 0n : reading) - pages);
          });
          return [...members, RSS_MEMBERS.reduce((sum, member) => sum + members[member]!, 0)];
        };
        updates.forEach((update, u) => {
          for (const add of addsOfUpdate(update)) {
            reference.add(add);
            held[add.update.member]! += add.pages;
            errorsNow(true).forEach((error, q) => {
              low[q] = Math.min(low[q]!, error);
              high[q] = Math.max(high[q]!, error);
            });
            largest = Math.max(largest, Math.abs(errorsNow(true)[RSS]!));
          }
          if (!operationEnds[u]) return;
          errorsNow(true).forEach((error, q) => {
            sums[q]! += error;
          });
          ended += 1;
          const rss = RSS_MEMBERS.reduce((sum, member) => sum + Number(held[member]!), 0);
          if (rss <= 0 || errorsNow(true)[RSS]! !== -rss) {
            now = { since: 0, operations: 0, resident: 0 };
            return;
          }
          zeros += 1;
          now = {
            since: now.since === 0 ? ended : now.since,
            operations: now.operations + 1,
            resident: Math.max(now.resident, rss),
          };
          if (now.operations > longest.operations || now.since === longest.since) longest = now;
        });
        expect(errors.clamped.map(({ under }) => 0 - under.pages)).toEqual(low.map((e) => e + 0));
        expect(errors.clamped.map(({ over }) => over.pages)).toEqual(high);
        expect(errors.clamped.map(({ sum }) => Number(sum))).toEqual(sums.map((e) => e + 0));
        expect(process.largest).toBe(largest);
        expect(errors.zeros).toMatchObject({ processes: Math.min(1, zeros), operations: zeros });
        if (zeros > 0) expect(errors.zeros.longest).toMatchObject(longest);
        expect(Array.from(truth, BigInt)).toEqual(held);
        expect(operations).toBe(operationEnds.filter(Boolean).length);

        const { observed: replayed } = await replay(
          arraySource(updates, operationEnds, cut),
          topology.nrCpuIds,
          [{ name: 'subject', counters: createCounters(topology, spec) }],
          () => undefined,
        );
        expect({
          clamped: told(errors.clamped[RSS]!),
          raw: told(errors.raw[RSS]!),
        }).toEqual(replayed[0]);
      }),
      { numRuns: 200 },
    );
  });
});
