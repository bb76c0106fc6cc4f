/** What `bound` finds out: crossings, growth, staircases, bounds of RSS, in flight and of used CPUs. */
import { describe, expect, it } from 'vitest';
import type { BoundRequest } from '../../../../src/commands/bound/bound.ts';
import { boundOfTopology, crossingRuns } from '../../../../src/commands/bound/bound.ts';
import { boundOverRange, type RangeRequest } from '../../../../src/commands/bound/bound-range.ts';
import { cpuCounts } from '../../../../src/commands/bound/cpu-counts.ts';
import { parseScheme } from '../../../../src/schemes/registry.ts';
import { parseCpulist } from '../../../../src/topology/cpulist.ts';
import { readVector } from '../../../golden/vectors.ts';
import { flatMachine } from '../../../support/machines.ts';

/** nr_cpu_ids, order, levels, items, arity orders, multiplier, stated and exact under and over. */
type TableRow = [number, number, number, number, number[], ...rest: number[]];

const request: BoundRequest = {
  version: 'test',
  pageSize: 4096,
  threads: 5,
  inFlight: { updates: 2, pages: 1 },
  sizePages: null,
  oom: false,
  schemes: ['per-thread', 'per-cpu', 'per-numa', 'tree'].map(parseScheme),
};

function rangeRequest(text: string, changes: Partial<RangeRequest> = {}): RangeRequest {
  const cpus = cpuCounts(2 ** 20).parse(text, '--cpus');
  return { ...request, cpus, numaNodes: 2, used: null, everyRow: false, ...changes };
}

function overRange(text: string, changes: Partial<RangeRequest> = {}) {
  return boundOverRange(rangeRequest(text, changes), () => undefined);
}

const machine = flatMachine(250, 2);

function rowOf(name: string, result = boundOfTopology(request, machine, null)) {
  return result.schemes.find((row) => row.name === name)!;
}

describe('the crossing', () => {
  it('over whole machines: the tree is the larger one for 3 to 47, 65 and 66 CPUs, equal at 2 and 48', async () => {
    const [crossing] = (await overRange('1..5000')).crossings;
    const spans = crossing!.runs.map(({ from, to, relation }) => [relation, from, to]);
    expect(spans).toEqual([
      ['below', 1, 1],
      ['equal', 2, 2],
      ['above', 3, 47],
      ['equal', 48, 48],
      ['below', 49, 64],
      ['above', 65, 66],
      ['below', 67, 5000],
    ]);
  });

  it('over used CPUs: with CPUs 0 to k - 1 of 250 the tree is better from k = 30 on', () => {
    expect(boundOfTopology(request, machine, null).crossings).toEqual([
      {
        subject: 'tree',
        other: 'per-cpu',
        over: 'used CPUs',
        runs: [
          { from: 1, to: 29, values: 29, relation: 'above' },
          { from: 30, to: 250, values: 221, relation: 'below' },
        ],
      },
    ]);
  });

  it('is told of every tree, and of none without per-CPU counters', () => {
    const trees = ['tree', 'tree:batch=2'].map(parseScheme);
    const perCpu = parseScheme('per-cpu');
    const subjects = (schemes: BoundRequest['schemes']) =>
      boundOfTopology({ ...request, schemes }, machine, null).crossings.map((c) => c.subject);
    expect(subjects([...trees, perCpu])).toEqual(['tree', 'tree:batch=2']);
    expect(subjects(trees)).toEqual([]);
  });

  it('counts the values of a run that has gaps', () => {
    expect(crossingRuns([8, 64, 128], [5, 1, 1], [4, 2, 2])).toEqual([
      { from: 8, to: 8, values: 1, relation: 'above' },
      { from: 64, to: 128, values: 2, relation: 'below' },
    ]);
  });
});

describe('a range', () => {
  it('has the golden exact worst case and stated range of every row', async () => {
    const { rows } = readVector<{ rows: TableRow[] }>('golden-table');
    for (const golden of rows) {
      const [nrCpuIds, , levels, , , , under, over, exactUnder, exactOver] = golden;
      const { schemes } = await overRange(String(nrCpuIds), {
        schemes: [parseScheme('tree:version=17')],
      });
      expect(schemes[0]).toMatchObject({
        levels,
        stated: { under, over },
        exact: { under: exactUnder, over: exactOver },
      });
    }
  });

  it('fits N^2 to per-CPU counters, and to the tree what the range makes of it', async () => {
    const best = async (text: string) =>
      Object.fromEntries((await overRange(text)).growth.map((row) => [row.name, row.best]));
    expect(await best('8..8192')).toEqual({
      'per-thread': 'constant',
      'per-cpu': 'N^2',
      'per-numa': 'constant',
      tree: 'N',
    });
    const powers = Array.from({ length: 11 }, (_, i) => 2 ** (i + 3)).join(',');
    expect(await best(powers)).toMatchObject({ 'per-cpu': 'N^2', tree: 'N log2 N' });
    expect((await overRange('64,250')).growth).toEqual([]);
  });

  it('names the level counts that lie in it', async () => {
    const levels = async (text: string) =>
      (await overRange(text)).growth.find((row) => row.name === 'tree')!.levels;
    expect(await levels('8..512')).toEqual([3]);
    expect(await levels('8..513')).toEqual([3, 4]);
    expect(await levels('1..8192')).toEqual([0, 1, 2, 3, 4, 5]);
  });

  it('has the stairs of the stated bound: it at least doubles after a power of two, the exact does not', async () => {
    const { staircase } = await overRange('8..5000');
    for (let i = 0; i < staircase.length; i += 3) {
      const [below, at, above] = staircase.slice(i, i + 3);
      expect(at!.stated).toEqual(below!.stated);
      expect(above!.stated.under).toBeGreaterThanOrEqual(2 * at!.stated.under);
      expect(at!.exact.under - below!.exact.under).toBe(31);
    }
    expect(staircase.map(({ onlineCpus }) => onlineCpus).slice(0, 6)).toEqual([
      15, 16, 17, 31, 32, 33,
    ]);
  });
});

describe('the CPUs of --used', () => {
  const used = parseCpulist('0-3');
  const sized = { sizePages: 1000 };

  it('have updates in flight and readers of their own', () => {
    const whole = boundOfTopology({ ...request, ...sized }, machine, used);
    const { exact, exactUsed, inFlight } = rowOf('tree', whole);
    const extra = inFlight.running!.under - exact.under;
    expect(exactUsed!.inFlight.running!.under).toBe(exactUsed!.under + extra);
    expect(exactUsed!.seen!.under).toBe(1000);
    expect(rowOf('per-numa', whole).exactUsed!.inFlight.burst!.under).toBe(31 + 2);
  });

  it('are of each machine of a range what they are of that machine alone', async () => {
    const { schemes } = await overRange('4..40', { used, everyRow: true, ...sized });
    const sizes = Array.from({ length: 37 }, (_, i) => i + 4);
    const alone = (cpus: number) =>
      boundOfTopology({ ...request, ...sized }, flatMachine(cpus, 2), used).schemes;
    expect(schemes).toEqual(sizes.flatMap(alone));
  });

  it('decide over a range where one scheme is above another', async () => {
    const [crossing] = (await overRange('8..64', { used })).crossings;
    expect(crossing!.runs).toEqual([{ relation: 'above', from: 8, to: 64, values: 57 }]);
  });
});

describe('a long range', () => {
  it('can be ended at any time, and tells how far it is', async () => {
    const told: number[] = [];
    const ending = boundOverRange(rangeRequest('1..4096'), (machines) => {
      told.push(machines);
      return machines < 6000 ? undefined : Promise.reject(new Error('enough'));
    });
    await expect(ending).rejects.toThrow('enough');
    // The second scheme's machines follow the first one's.
    expect(told).toEqual([1024, 2048, 3072, 4096, 5120, 6144]);
  });
});

describe('one machine', () => {
  it('has the bounds of RSS: three counters, or one event counter', () => {
    expect(rowOf('tree').exact.rss).toEqual({ under: 3 * 22_086, over: 0 });
    expect(rowOf('per-cpu').exact.rss).toEqual({ under: 374_250, over: 374_250 });
    expect(rowOf('per-thread').exact.rss).toEqual({ under: 330, over: 0 });
  });

  it('has what updates in flight make of them', () => {
    expect(rowOf('tree').inFlight).toEqual({
      running: { under: 24_135, over: 2049, rss: { under: 68_307, over: 2049 } },
      stalled: { under: 24_134, over: 2048, rss: { under: 68_306, over: 2048 } },
      burst: null,
    });
    expect(rowOf('per-numa').inFlight).toMatchObject({
      running: null,
      stalled: null,
      burst: { under: 64, over: 64 },
    });
    for (const name of ['per-cpu', 'per-thread']) {
      const { exact, inFlight } = rowOf(name);
      expect(inFlight.running).toEqual({ under: exact.under, over: exact.over, rss: exact.rss });
    }
  });

  it('is as settled with no update in flight', () => {
    const none = { ...request, inFlight: { updates: 0, pages: 512 } };
    for (const row of boundOfTopology(none, machine, null).schemes) {
      const { reachedBy: _, ...settled } = row.exact;
      expect(row.inFlight).toEqual({ running: settled, stalled: settled, burst: null });
    }
  });

  it('says who must have held pages back', () => {
    expect(rowOf('tree').exact.reachedBy).toEqual({ count: 250, of: 'CPUs' });
    expect(rowOf('per-numa').exact.reachedBy).toEqual({ count: 2, of: 'nodes' });
    expect(rowOf('per-thread').exact.reachedBy).toEqual({ count: 5, of: 'threads' });
  });

  it('has the bounds of the CPUs used: one of 250 is 2,047 off with the tree, 499 with per-CPU counters', () => {
    const result = boundOfTopology(request, machine, parseCpulist('7'));
    expect(rowOf('tree', result).exactUsed).toMatchObject({
      under: 2047,
      over: 0,
      rss: { under: 6141, over: 0 },
      reachedBy: { count: 1, of: 'CPUs' },
    });
    expect(rowOf('per-cpu', result).exactUsed!).toMatchObject({ under: 499, over: 499 });
    expect(rowOf('per-numa', result).exactUsed!.reachedBy).toEqual({ count: 1, of: 'nodes' });
  });

  it('has what a reader of a small process sees', () => {
    const result = boundOfTopology({ ...request, sizePages: 25_600 }, machine, null);
    expect(rowOf('tree', result).seen).toEqual({
      under: 22_086,
      over: 0,
      rss: { under: 25_600, over: 0 },
    });
    expect(rowOf('per-cpu', result).seen).toEqual({
      under: 25_600,
      over: 124_750,
      rss: { under: 25_600, over: 374_250 },
    });
  });
});
