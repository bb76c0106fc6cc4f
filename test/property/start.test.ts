/** Counters that start where others stood go on as those do. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createPerCpuCounters } from '../../src/schemes/per-cpu/counters.ts';
import { createPerThreadCounters } from '../../src/schemes/per-thread/counters.ts';
import type { Counters } from '../../src/schemes/scheme.ts';
import { KIND } from '../../src/update/kinds.ts';
import { machine, stream } from '../support/arbitraries.ts';
import { columnsOf, readingsOf, type Update } from '../support/updates.ts';

const MEMBERS = [0, 1, 2, 3];

/** Kinds that leave the machine as it is: on-line CPUs are no part of a start. */
const steady = {
  kinds: Object.values(KIND).filter((kind) => kind <= KIND.threadExit),
  pages: () => ({ min: -700, max: 700 }),
  maxLength: 40,
};

const machineAndStreams = machine.chain((topology) =>
  fc.record({
    topology: fc.constant(topology),
    before: stream(topology, steady),
    after: stream(topology, steady),
  }),
);

/** What is read; what stands in the arrays beyond their lengths means nothing. */
function apply(counters: Counters, updates: readonly Update[]) {
  const { after, inner, side } = readingsOf(counters, columnsOf(updates));
  const entries = (list: { length: number }) =>
    Object.values(list).map((column) =>
      typeof column === 'number' ? column : Array.from(column).slice(0, list.length),
    );
  return { after, inner: entries(inner), side: entries(side) };
}

function expectSame(started: Counters, gone: Counters, after: readonly Update[]): void {
  expect(apply(started, after)).toEqual(apply(gone, after));
  for (const member of MEMBERS) {
    expect(started.preciseSum(member)).toBe(gone.preciseSum(member));
  }
}

describe('counters that start in a state', () => {
  it('per CPU: go on as those that came to it', () => {
    fc.assert(
      fc.property(machineAndStreams, ({ topology, before, after }) => {
        const spec = { scheme: 'per-cpu', batch: null } as const;
        const gone = createPerCpuCounters(topology, spec);
        apply(gone, before);
        const states = MEMBERS.map((member) => gone.state(member));
        const started = createPerCpuCounters(topology, spec, {
          shared: states.map(({ shared }) => shared),
          local: states.map(({ local }) => local),
        });
        expect(MEMBERS.map((member) => started.state(member))).toEqual(states);
        expectSame(started, gone, after);
      }),
    );
  });

  it('per thread: go on as those that came to it', () => {
    fc.assert(
      fc.property(machineAndStreams, ({ before, after }) => {
        const gone = createPerThreadCounters();
        apply(gone, before);
        const states = MEMBERS.map((member) => gone.state(member));
        const started = createPerThreadCounters({
          shared: states.map(({ shared }) => shared),
          cached: states.map(({ cached }) => cached),
          events: states[0]!.events,
        });
        expect(MEMBERS.map((member) => started.state(member))).toEqual(states);
        expectSame(started, gone, after);
      }),
    );
  });
});
