/** The bounds of counts alone, of prefixes and in flight agree with worstCase(), which visits CPUs. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { denseMachine, machineSize } from '../../src/schemes/bound.ts';
import { schemeOf } from '../../src/schemes/registry.ts';
import { machine } from '../support/arbitraries.ts';
import { flatMachine } from '../support/machines.ts';
import { schemeSpec } from '../support/reference.ts';

const KINDS = { pagesAddedPerFault: 16, pagesTakenPerFault: 1 };

/** Arities of the arbitrary cover 128 CPUs. */
const cpus = fc.integer({ min: 1, max: 128 });

describe('the worst case of a dense machine', () => {
  it('is that of all its CPUs', () => {
    fc.assert(
      fc.property(schemeSpec, cpus, fc.integer({ min: 1, max: 40 }), (spec, nrCpus, nodes) => {
        const nrNodes = Math.min(nodes, nrCpus);
        const topology = flatMachine(nrCpus, nrNodes);
        const size = denseMachine(nrCpus, nrNodes);
        expect(machineSize(topology)).toEqual(size);
        const all = { cpus: topology.online, threads: 3 };
        expect(schemeOf(spec).denseWorstCase(spec, 3, KINDS)(size)).toEqual(
          schemeOf(spec).worstCase(spec, topology, all, KINDS),
        );
      }),
      { numRuns: 500 },
    );
  });

  it('is the same of one machine after another, in any order', () => {
    fc.assert(
      fc.property(schemeSpec, fc.array(cpus, { minLength: 1 }), (spec, counts) => {
        const sizes = counts.map((nrCpus) => denseMachine(nrCpus, 2));
        const worstCaseOf = schemeOf(spec).denseWorstCase(spec, 3, KINDS);
        expect(sizes.map((size) => worstCaseOf(size))).toEqual(
          sizes.map((size) => schemeOf(spec).denseWorstCase(spec, 3, KINDS)(size)),
        );
      }),
    );
  });
});

/** CPUs of a machine in some order. */
const used = machine.chain((topology) =>
  fc.record({
    topology: fc.constant(topology),
    order: fc.shuffledSubarray(Array.from(topology.online), { minLength: 1 }),
    spec: schemeSpec,
  }),
);

describe('the worst cases of prefixes', () => {
  it('are those of the first CPU, the first two, … in any order', () => {
    fc.assert(
      fc.property(used, ({ topology, order, spec }) => {
        const ordered = Int32Array.from(order);
        const holders = { cpus: ordered, threads: 3 };
        const prefixes = schemeOf(spec).worstCasePrefixes(spec, topology, holders, KINDS);
        expect(prefixes.length).toBe(order.length);
        prefixes.forEach((limit, i) => {
          const first = { cpus: ordered.slice(0, i + 1), threads: 3 };
          const { under, over } = schemeOf(spec).worstCase(spec, topology, first, KINDS);
          expect(limit).toBe(Math.max(under, over));
        });
      }),
    );
  });

  it('never fall: more CPUs hold back more', () => {
    fc.assert(
      fc.property(used, ({ topology, order, spec }) => {
        const holders = { cpus: Int32Array.from(order), threads: 3 };
        const prefixes = schemeOf(spec).worstCasePrefixes(spec, topology, holders, KINDS);
        expect(Array.from(prefixes)).toEqual(Array.from(prefixes).sort((a, b) => a - b));
      }),
    );
  });
});

describe('the exact worst case of a tree', () => {
  it('over any CPUs is at most what its authors state', () => {
    fc.assert(
      fc.property(used, ({ topology, order, spec }) => {
        fc.pre(spec.scheme === 'tree');
        const holders = { cpus: Int32Array.from(order), threads: 1 };
        const { under, over } = schemeOf(spec).worstCase(spec, topology, holders, KINDS);
        const stated = schemeOf(spec).statedBound(spec, machineSize(topology), 1);
        expect(under).toBeLessThanOrEqual(stated.under);
        expect(over).toBeLessThanOrEqual(stated.over);
      }),
    );
  });
});

describe('updates in flight', () => {
  const inFlight = fc.record({
    updates: fc.integer({ min: 0, max: 300 }),
    pages: fc.integer({ min: 1, max: 10_000 }),
  });

  it('add nothing where there are none, and never less where there are more', () => {
    fc.assert(
      fc.property(schemeSpec, cpus, inFlight, (spec, nrCpus, { updates, pages }) => {
        const size = denseMachine(nrCpus, 1);
        const none = { running: 0, stalled: 0, burst: null };
        expect(schemeOf(spec).inFlightExtra(spec, size, { updates: 0, pages })).toEqual(none);
        const here = schemeOf(spec).inFlightExtra(spec, size, { updates, pages });
        const more = schemeOf(spec).inFlightExtra(spec, size, {
          updates: updates + 1,
          pages: pages + 1,
        });
        const pagesOf = (extra: number | null) => extra ?? Number.POSITIVE_INFINITY;
        expect(pagesOf(more.running)).toBeGreaterThanOrEqual(pagesOf(here.running));
        expect(pagesOf(more.stalled)).toBeGreaterThanOrEqual(pagesOf(here.stalled));
        expect(more.burst ?? 0).toBeGreaterThanOrEqual(here.burst ?? 0);
      }),
    );
  });

  it('that stall add at most what they add while they run', () => {
    fc.assert(
      fc.property(schemeSpec, cpus, inFlight, (spec, nrCpus, flight) => {
        const { running, stalled } = schemeOf(spec).inFlightExtra(
          spec,
          denseMachine(nrCpus, 1),
          flight,
        );
        expect(stalled === null).toBe(running === null);
        if (running !== null) expect(stalled).toBeLessThanOrEqual(running);
      }),
    );
  });
});
