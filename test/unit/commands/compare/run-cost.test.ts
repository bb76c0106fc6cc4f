/** Counts of several processes together: lines apart, counts in one place. */
import { describe, expect, it } from 'vitest';
import { watchCost } from '../../../../src/commands/compare/run-cost.ts';
import { denseMachine } from '../../../../src/schemes/bound.ts';
import { parseScheme, schemeOf } from '../../../../src/schemes/registry.ts';
import { KIND } from '../../../../src/update/kinds.ts';
import { sixteenCpus } from '../../../support/sixteen.ts';
import { columnsOf } from '../../../support/updates.ts';

const schemes = ['atomic', 'per-thread', 'per-cpu', 'per-numa', 'tree'].map(parseScheme);

const memory = schemes.map((spec) => schemeOf(spec).memory(spec, denseMachine(16, 2), 1));

/** A huge page, on the CPU: one add that reaches every shared value. */
const huge = (cpu: number, thread = 0) => columnsOf([{ kind: KIND.huge, cpu, pages: 512, thread }]);

describe('the costs of two processes', async () => {
  const watch = await watchCost(sixteenCpus, schemes, { latency: null });
  const [one, other] = [watch.open(), watch.open()];
  one(huge(0));
  other(huge(8));
  one(huge(1, 2));
  const size = { operations: 3, threads: watch.mostThreads, memory };

  it('are of lines of their own: none comes from the other process', () => {
    for (const { shared } of watch.schemes(size)) {
      const value = shared.at(-1)!;
      // Under per-numa the slot has brought the line along.
      const brought = shared.length === 2 ? shared[0]! : value;
      expect(brought.travel).toMatchObject({ unknown: 2, sameCore: 1, remoteNode: 0 });
      expect(value.atomics + value.locks).toBe(3);
    }
  });

  it('are counted together, and the process with the most threads is known', () => {
    expect(watch.run(size)).toMatchObject({ adds: 3, processes: 2, threads: 3 });
  });

  it('have a mean only where there was an operation', () => {
    const perOperation = watch.schemes(size)[0]?.perOperation;
    expect(perOperation).toMatchObject({ atomics: 1 });
    for (const { perOperation: none } of watch.schemes({ ...size, operations: 0 })) {
      expect(none).toBeNull();
    }
  });
});
