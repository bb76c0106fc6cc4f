/** Every reading of the golden streams, and the final state, in every scheme. */
import { describe, expect, it } from 'vitest';
import { MEMBER } from '../../src/kernel/rss-stat.ts';
import { DEFAULT_TREE } from '../../src/kernel/tree-shape.ts';
import { createCounters, type SchemeSpec } from '../../src/schemes/registry.ts';
import { validateTopology } from '../../src/topology/read-document.ts';
import type { Topology } from '../../src/topology/topology.ts';
import { KIND } from '../../src/update/kinds.ts';
import { flatMachine } from '../support/machines.ts';
import { columnsOf, readingsAfterEach, readingsOf, type Update } from '../support/updates.ts';
import { readVector, type StreamVector } from './vectors.ts';

/** The files' kinds: 0 is one add with one event, 1 a bulk update. */
function updatesOf(vector: StreamVector): Update[] {
  return vector.delta.map((pages, u) => ({
    thread: vector.thread?.[u] ?? 0,
    cpu: vector.cpu[u]!,
    pages,
    kind: vector.kind?.[u] === 1 ? KIND.bulk : KIND.faultAround,
  }));
}

/** The machine of a stream, its nodes read off the stream itself. */
function machineOf({ cpus, cpu, node }: StreamVector): Topology {
  if (node === undefined) return flatMachine(cpus);
  const nodeOf = new Map(cpu.map((id, u) => [id, node[u]!]));
  const members = new Map<number, number[]>();
  for (let id = 0; id < cpus; id++) {
    const home = nodeOf.get(id) ?? 0;
    members.set(home, [...(members.get(home) ?? []), id]);
  }
  return validateTopology({
    name: 'golden',
    cpus: { possible: `0-${cpus - 1}` },
    numaNodes: [...members].map(([id, ids]) => ({ id, cpus: ids.join(',') })),
  });
}

/** Readings and precise sums after each update, and the final state, update by update. */
function replay(topology: Topology, spec: SchemeSpec, updates: readonly Update[]) {
  const counters = createCounters(topology, spec);
  const approx: number[] = [];
  const precise: number[] = [];
  let reading = 0;
  for (const update of updates) {
    const columns = columnsOf([update]);
    const { side, after } = readingsOf(counters, columns);
    for (let s = 0; s < side.length; s++) {
      if (side.member[s] === MEMBER.anon) reading = side.reading[s]!;
    }
    if (columns.member[0] === MEMBER.anon) reading = after[0]!;
    approx.push(reading);
    precise.push(counters.preciseSum(MEMBER.anon));
  }
  return { approx, precise, state: counters.state(MEMBER.anon) };
}

/** The whole stream as one batch must read the same. */
function batchReadings(topology: Topology, spec: SchemeSpec, updates: readonly Update[]): number[] {
  const columns = columnsOf(updates);
  return readingsAfterEach(readingsOf(createCounters(topology, spec), columns), columns);
}

describe.each([1, 2, 4, 8, 64, 250, 384, 1024])('golden-%i', (cpus) => {
  const vector = readVector<StreamVector>(`golden-${cpus}`);
  const updates = updatesOf(vector);
  const machine = machineOf(vector);

  it('per-thread reads what the kernel reads', () => {
    const spec: SchemeSpec = { scheme: 'per-thread' };
    const { approx, precise, state } = replay(machine, spec, updates);
    expect(approx).toEqual(vector.perthread.approx);
    expect(precise).toEqual(vector.perthread.precise);
    const { mm, count, events } = vector.perthread.final;
    const { shared, cached, events: ticks } = state as Record<string, number[] | number>;
    expect(shared).toBe(mm);
    expect((cached as number[]).slice(0, count.length)).toEqual(count);
    expect((ticks as number[]).slice(0, events.length)).toEqual(events);
    expect(batchReadings(machine, spec, updates)).toEqual(approx);
  });

  it('per-cpu reads what the kernel reads', () => {
    const spec: SchemeSpec = { scheme: 'per-cpu', batch: null };
    const { approx, precise, state } = replay(machine, spec, updates);
    expect(approx).toEqual(vector.percpu.approx);
    expect(precise).toEqual(vector.percpu.precise);
    expect(state).toMatchObject({
      shared: vector.percpu.final.global,
      local: vector.percpu.final.count,
    });
    expect(batchReadings(machine, spec, updates)).toEqual(approx);
  });

  it('per-numa reads what the proposal reads', () => {
    const spec: SchemeSpec = { scheme: 'per-numa', batch: null };
    const { approx, precise, state } = replay(machine, spec, updates);
    expect(approx).toEqual(vector.pernuma.approx);
    expect(precise).toEqual(vector.pernuma.precise);
    expect(state).toEqual({
      shared: vector.pernuma.final.global,
      slots: vector.pernuma.final.numa,
    });
    expect(batchReadings(machine, spec, updates)).toEqual(approx);
  });

  it.each([4, 17] as const)('tree version %i reads what the kernel reads', (version) => {
    const spec: SchemeSpec = { scheme: 'tree', ...DEFAULT_TREE, version };
    const { approx, precise, state } = replay(machine, spec, updates);
    expect(approx).toEqual(vector.tree.approx);
    expect(precise).toEqual(vector.tree.precise);
    const { level0, items, itemsNoSkip } = vector.tree.final;
    expect(state).toEqual({ level0, items: version === 17 ? items : itemsNoSkip });
    expect(batchReadings(machine, spec, updates)).toEqual(approx);
  });
});

describe.each([2, 32, 512])('golden-tree-64-b%i', (batch) => {
  const vector = readVector<StreamVector>(`golden-tree-64-b${batch}`);

  it.each([4, 17] as const)('tree version %i reads what the kernel reads', (version) => {
    const spec: SchemeSpec = { scheme: 'tree', ...DEFAULT_TREE, batch, version };
    const { approx, precise, state } = replay(machineOf(vector), spec, updatesOf(vector));
    expect(approx).toEqual(vector.tree.approx);
    expect(precise).toEqual(vector.tree.precise);
    const { level0, items, itemsNoSkip } = vector.tree.final;
    expect(state).toEqual({ level0, items: version === 17 ? items : itemsNoSkip });
  });
});

interface ThreadKindsVector extends Pick<StreamVector, 'thread' | 'kind' | 'delta'> {
  readonly approx: readonly number[];
  readonly precise: readonly number[];
  readonly final: { mm: number; count: readonly number[]; events: readonly number[] };
}

describe('golden-thread-kinds', () => {
  it('per-thread reads what the kernel reads for every kind of update', () => {
    const vector = readVector<ThreadKindsVector>('golden-thread-kinds');
    const kinds = [KIND.faultAround, KIND.bulk, KIND.huge, KIND.remote];
    const updates = vector.delta.map((pages, u) => ({
      thread: vector.thread[u]!,
      pages,
      kind: kinds[vector.kind[u]!]!,
    }));
    const { approx, precise, state } = replay(flatMachine(1), { scheme: 'per-thread' }, updates);
    expect(approx).toEqual(vector.approx);
    expect(precise).toEqual(vector.precise);
    const { shared, cached, events } = state as Record<string, number[] | number>;
    expect(shared).toBe(vector.final.mm);
    expect((cached as number[]).slice(0, 7)).toEqual(vector.final.count);
    expect((events as number[]).slice(0, 7)).toEqual(vector.final.events);
  });
});

interface HotplugVector extends Pick<StreamVector, 'cpus' | 'cpu' | 'delta'> {
  readonly op: readonly number[];
  readonly batch: readonly number[];
  readonly approx: readonly number[];
  readonly precise: readonly number[];
}

describe('golden-percpu-hotplug', () => {
  const vector = readVector<HotplugVector>('golden-percpu-hotplug');
  const kinds = [KIND.remote, KIND.cpuOffline, KIND.cpuOnline];
  const updates = vector.op.map((op, u) => ({
    cpu: vector.cpu[u]!,
    pages: op === 0 ? vector.delta[u]! : 0,
    kind: kinds[op]!,
  }));

  it('per-cpu follows CPUs off-line and on-line', () => {
    const spec: SchemeSpec = { scheme: 'per-cpu', batch: null };
    const { approx, precise } = replay(flatMachine(vector.cpus), spec, updates);
    expect(approx).toEqual(vector.approx);
    expect(precise).toEqual(vector.precise);
  });

  it('per-cpu recomputes the batch as CPUs go', () => {
    const counters = createCounters(flatMachine(vector.cpus), { scheme: 'per-cpu', batch: null });
    const batches = updates.map((update) => {
      readingsOf(counters, columnsOf([update]));
      return (counters.state(MEMBER.anon) as { batch: number }).batch;
    });
    expect(batches).toEqual(vector.batch);
  });
});
