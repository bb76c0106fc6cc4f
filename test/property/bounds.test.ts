/** No stream goes beyond a scheme's exact worst case over what it used; some stream attains it. */

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DEFAULT_TREE, TREE_MAPPINGS } from '../../src/kernel/tree-shape.ts';
import { replay } from '../../src/replay/replay.ts';
import { type Holders, machineSize, type UpdateKinds } from '../../src/schemes/bound.ts';
import {
  createCounters,
  parseScheme,
  type SchemeSpec,
  schemeOf,
} from '../../src/schemes/registry.ts';
import type { Topology } from '../../src/topology/topology.ts';
import { KIND } from '../../src/update/kinds.ts';
import { machine, type StreamOptions, stream } from '../support/arbitraries.ts';
import { flatMachine } from '../support/machines.ts';
import { schemeSpec } from '../support/reference.ts';
import { arraySource, type Update } from '../support/updates.ts';

/** Faults of one page either way, fault-around of up to 16, and what takes no event. */
const FAULTING: StreamOptions = {
  kinds: [KIND.fault, KIND.faultAround, KIND.huge, KIND.bulk, KIND.remote, KIND.threadExit],
  pages: (kind) => {
    if (kind === KIND.fault) return { min: -150, max: 300 };
    if (kind === KIND.faultAround) return { min: 0, max: 16 };
    return { min: -512, max: 512 };
  },
  maxLength: 80,
};

const KINDS = { pagesAddedPerFault: 16, pagesTakenPerFault: 1 };

async function observe(topology: Topology, spec: SchemeSpec, updates: readonly Update[]) {
  const ends = updates.map(() => true);
  const counters = [{ name: 'subject', counters: createCounters(topology, spec) }];
  const result = await replay(
    arraySource(updates, ends, 50),
    topology.nrCpuIds,
    counters,
    () => undefined,
  );
  return { ...result, raw: result.observed[0]!.raw };
}

const worstCase = (spec: SchemeSpec, topology: Topology, holders: Holders, kinds: UpdateKinds) =>
  schemeOf(spec).worstCase(spec, topology, holders, kinds);

describe('the exact worst case', () => {
  it('holds for every stream, scheme, variant and set of used CPUs', async () => {
    const cases = machine.chain((topology) =>
      fc.record({
        topology: fc.constant(topology),
        spec: schemeSpec,
        updates: stream(topology, FAULTING),
        member: fc.constantFrom(0, 1, 3),
      }),
    );
    await fc.assert(
      fc.asyncProperty(cases, async ({ topology, spec, updates, member }) => {
        const oneMember = updates.map((update) => ({ ...update, member }));
        const { raw, usedCpus, usedThreads } = await observe(topology, spec, oneMember);
        const used = { cpus: usedCpus, threads: usedThreads };
        const bound = worstCase(spec, topology, used, KINDS);
        expect(raw.under).toBeLessThanOrEqual(bound.under);
        expect(raw.over).toBeLessThanOrEqual(bound.over);
        const all = worstCase(spec, topology, { cpus: topology.online, threads: 4 }, KINDS);
        expect(bound.under).toBeLessThanOrEqual(all.under);
        expect(bound.over).toBeLessThanOrEqual(all.over);
      }),
      { numRuns: 500 },
    );
  });

  it('of the tree is never above what its authors state', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 5000 }),
        fc.constantFrom(2 as const, 4 as const, 17 as const),
        fc.constantFrom(...TREE_MAPPINGS),
        (nrCpus, version, mapping) => {
          const topology = flatMachine(nrCpus);
          const spec: SchemeSpec = { scheme: 'tree', ...DEFAULT_TREE, version, mapping };
          const stated = schemeOf(spec).statedBound(spec, machineSize(topology), 1);
          const all = { cpus: topology.online, threads: 1 };
          expect(worstCase(spec, topology, all, KINDS).under).toBeLessThanOrEqual(stated.under);
        },
      ),
    );
  });
});

describe('a stream that attains the worst case', () => {
  const topology = flatMachine(250, 2);
  const singlePages = { pagesAddedPerFault: 1, pagesTakenPerFault: 0 };
  const fault = (cpu: number, pages: number, thread = 0): Update => ({
    cpu,
    pages,
    thread,
    kind: KIND.fault,
  });
  const bulk = (cpu: number, pages: number, thread = 0): Update => ({
    cpu,
    pages,
    thread,
    kind: KIND.bulk,
  });
  const cpus = Array.from(topology.online);

  async function expectAttained(
    name: string,
    updates: readonly Update[],
    under: number,
    over: number,
  ) {
    const spec = parseScheme(name);
    const { raw, usedCpus, usedThreads } = await observe(topology, spec, updates);
    const holders = { cpus: usedCpus, threads: usedThreads };
    expect(worstCase(spec, topology, holders, singlePages)).toMatchObject({ under, over });
    expect({ under: raw.under, over: raw.over }).toEqual({ under, over });
  }

  it('per-thread: 65 faults wait before a first sync, 66 after one', async () => {
    const first = await observe(topology, { scheme: 'per-thread' }, [fault(0, 65)]);
    expect(first.raw.under).toBe(65);
    const five = [0, 1, 2, 3, 4].map((thread) => fault(0, 66 + 65, thread));
    await expectAttained('per-thread', five, 66 * 5, 0);
  });

  it('per-cpu: 124,750 pages under and over at 250 CPUs', async () => {
    const up = cpus.map((cpu) => fault(cpu, 499));
    const down = [fault(0, 500), ...cpus.map((cpu) => fault(cpu, 500))];
    const unmapped = cpus.map((cpu) => bulk(cpu, -499));
    await expectAttained(
      'per-cpu',
      [...up, ...cpus.map((cpu) => fault(cpu, 1)), ...unmapped],
      124_750,
      124_750,
    );
    const { raw } = await observe(topology, parseScheme('per-cpu'), [...down, ...unmapped]);
    expect(raw.over).toBe(124_750);
  });

  it('per-numa: 31 pages a node, under and over', async () => {
    const [a, b] = [0, 249];
    const updates = [
      fault(a, 31),
      fault(b, 31),
      fault(a, 1),
      fault(b, 1),
      bulk(a, -31),
      bulk(b, -31),
    ];
    await expectAttained('per-numa', updates, 62, 62);
  });

  it('per-numa: nodes 0 and 32 share a slot, and its 31 pages', () => {
    const shared = machineOfNodes([0, 32]);
    const apart = machineOfNodes([0, 31]);
    const spec = parseScheme('per-numa');
    const bound = (m: Topology) => worstCase(spec, m, { cpus: m.online, threads: 1 }, singlePages);
    expect(bound(shared).under).toBe(31);
    expect(bound(apart).under).toBe(62);
    const counters = createCounters(shared, spec);
    expect(counters.state(1)).toMatchObject({ slots: { length: 32 } });
  });

  it('tree: 2,047 pages of one pinned CPU of 250, and none over', async () => {
    await expectAttained('tree', [fault(0, 4000)], 2047, 0);
  });

  it('is better for the tree than for per-CPU counters from 30 CPUs of 250 on', () => {
    const limit = (name: string, used: number) => {
      const holders = { cpus: topology.online.slice(0, used), threads: 1 };
      return worstCase(parseScheme(name), topology, holders, singlePages).under;
    };
    const crossing = cpus.findIndex((_, i) => limit('tree', i + 1) < limit('per-cpu', i + 1)) + 1;
    expect(crossing).toBe(30);
    for (let used = crossing; used <= 250; used++) {
      expect(limit('tree', used)).toBeLessThan(limit('per-cpu', used));
    }
  });
});

function machineOfNodes(ids: readonly number[]): Topology {
  const base = flatMachine(ids.length, ids.length);
  return { ...base, numaNodes: base.numaNodes.map((node, i) => ({ ...node, id: ids[i]! })) };
}
