import { describe, expect, it } from 'vitest';
import { loadBundled } from '../../../src/topology/bundled.ts';
import { nodeOfCpu, type Topology } from '../../../src/topology/topology.ts';
import type { PageSize } from '../../../src/units.ts';
import { createUpdateColumns, UPDATES_PER_BATCH } from '../../../src/update/columns.ts';
import { KIND } from '../../../src/update/kinds.ts';
import { generateUpdates } from '../../../src/workload/generate.ts';
import type { Workload } from '../../../src/workload/workload.ts';
import { PRESETS } from '../../../src/workload/workload.ts';
import { flatMachine } from '../../support/machines.ts';

interface Row {
  thread: number;
  cpu: number;
  pages: number;
  kind: number;
  operationEnd: boolean;
}

function workload(topology: Topology, changes: Partial<Workload> = {}): Workload {
  return { ...PRESETS.service, operations: 5000, seed: 3, cpus: topology.online, ...changes };
}

/** All rows of a workload; every batch is checked against the limits on the way. */
function rowsOf(topology: Topology, of: Workload, pageSize: PageSize = 4096): Row[] {
  const source = generateUpdates(topology, of, pageSize);
  const columns = createUpdateColumns();
  const rows: Row[] = [];
  for (;;) {
    source.fill(columns);
    if (columns.length === 0) return rows;
    for (let u = 0; u < columns.length; u++) {
      rows.push({
        thread: columns.thread[u]!,
        cpu: columns.cpu[u]!,
        pages: columns.pages[u]!,
        kind: columns.kind[u]!,
        operationEnd: columns.operationEnd[u] === 1,
      });
    }
    expect(columns.length).toBeLessThanOrEqual(UPDATES_PER_BATCH);
  }
}

/** RSS after each row. */
function sizes(rows: readonly Row[]): number[] {
  let size = 0;
  return rows.map(({ pages }) => {
    size += pages;
    return size;
  });
}

/** Pages of each operation: an unmap may be several rows. */
function pagesOfOperations(rows: readonly Row[]): number[] {
  const pages: number[] = [];
  let sum = 0;
  for (const row of rows) {
    sum += row.pages;
    if (!row.operationEnd) continue;
    pages.push(sum);
    sum = 0;
  }
  return pages;
}

const machine = loadBundled('250cpu');

const patterns: Workload['pattern'][] = [
  { name: 'slots', slots: 100 },
  { name: 'steady', targetPages: 3000 },
  { name: 'sawtooth', targetPages: 3000 },
  { name: 'grow' },
  { name: 'handoff', targetPages: 3000 },
];

const policies: Workload['policy'][] = [
  { name: 'uniform' },
  { name: 'sticky', meanRun: 20 },
  { name: 'local', scope: 'cache', stayPerMillion: 900_000 },
  { name: 'local', scope: 'node', stayPerMillion: 0 },
  { name: 'round-robin' },
  { name: 'pinned' },
];

const combinations = patterns.flatMap((pattern) => policies.map((policy) => ({ pattern, policy })));

describe.each(combinations)('$pattern.name × $policy.name $policy.scope', (shape) => {
  const of = workload(machine, { ...shape, hugePerMillion: 50_000 });
  const rows = rowsOf(machine, of);

  it('ends as many operations as were asked for, and never holds fewer than no pages', () => {
    expect(rows.filter((row) => row.operationEnd).length).toBe(5000);
    expect(Math.min(...sizes(rows))).toBeGreaterThanOrEqual(0);
  });

  it('makes only updates of kinds and sizes that the kernel makes', () => {
    const isMade = ({ kind, pages }: (typeof rows)[number]) => {
      if (kind === KIND.fault) return pages >= 1 && pages <= 64;
      if (kind === KIND.huge) return pages === 512;
      if (kind === KIND.remote) return pages === -512;
      return kind === KIND.bulk && pages <= -1 && pages >= -512;
    };
    expect(rows.filter((row) => !isMade(row))).toEqual([]);
  });

  it('uses only the threads and CPUs it was given', () => {
    const cpus = new Set(machine.online);
    expect(rows.every(({ thread, cpu }) => thread >= 0 && thread < 5 && cpus.has(cpu))).toBe(true);
  });

  it('is the same for the same seed, and another for another', () => {
    expect(rowsOf(machine, of)).toEqual(rows);
    expect(rowsOf(machine, { ...of, seed: 4 })).not.toEqual(rows);
  });
});

describe('patterns', () => {
  const of = (pattern: Workload['pattern'], changes: Partial<Workload> = {}) =>
    rowsOf(machine, workload(machine, { pattern, ...changes }));

  it('steady stays within a mapping of its target once it has reached it', () => {
    const held = sizes(of({ name: 'steady', targetPages: 3000 }));
    const reached = held.findIndex((size) => size >= 3000);
    expect(reached).toBeGreaterThan(0);
    const after = held.slice(reached);
    expect(Math.max(...after)).toBeLessThan(3000 + 64);
    expect(Math.min(...after)).toBeGreaterThanOrEqual(3000 - 64);
  });

  it('sawtooth goes up to its target and down to nothing, again and again', () => {
    const held = sizes(of({ name: 'sawtooth', targetPages: 1000 }));
    const zeros = held.filter((size) => size === 0).length;
    expect(zeros).toBeGreaterThan(50);
    expect(Math.max(...held)).toBeGreaterThanOrEqual(1000);
    expect(Math.max(...held)).toBeLessThan(1064);
  });

  it('grow never unmaps', () => {
    expect(of({ name: 'grow' }).every(({ kind }) => kind === KIND.fault)).toBe(true);
  });

  it('handoff maps in the first half of the threads and unmaps in the others', () => {
    const rows = of({ name: 'handoff', targetPages: 500 });
    expect(new Set(rows.filter(({ pages }) => pages > 0).map(({ thread }) => thread))).toEqual(
      new Set([0, 1, 2]),
    );
    expect(new Set(rows.filter(({ pages }) => pages < 0).map(({ thread }) => thread))).toEqual(
      new Set([3, 4]),
    );
  });

  it('slots unmaps exactly what it had mapped', () => {
    const rows = of({ name: 'slots', slots: 1 });
    const pages = pagesOfOperations(rows);
    for (let i = 1; i < pages.length; i += 2) expect(pages[i]).toBe(-pages[i - 1]!);
  });

  it('unmaps one page table at a time, sized by the base page', () => {
    const large = {
      pattern: { name: 'slots', slots: 1 } as const,
      mappingPages: { min: 20_000, max: 20_000 },
      operations: 2,
    };
    const at4K = rowsOf(machine, workload(machine, large)).filter(({ pages }) => pages < 0);
    expect(at4K.map(({ pages }) => -pages)).toEqual([...new Array(39).fill(512), 32]);
    expect(at4K.map(({ operationEnd }) => operationEnd)).toEqual([
      ...new Array(39).fill(false),
      true,
    ]);
    const at64K = rowsOf(machine, workload(machine, large), 65536).filter(({ pages }) => pages < 0);
    expect(at64K.map(({ pages }) => -pages)).toEqual([8192, 8192, 3616]);
  });

  it('a mapping is faulted in by one run, however long', () => {
    const rows = rowsOf(
      machine,
      workload(machine, {
        pattern: { name: 'grow' },
        mappingPages: { min: 50_000, max: 50_000 },
        operations: 1,
      }),
    );
    expect(rows).toMatchObject([{ pages: 50_000, kind: KIND.fault, operationEnd: true }]);
  });

  it('huge pages follow the base page', () => {
    const all = { hugePerMillion: 1_000_000, operations: 10, pattern: { name: 'grow' } as const };
    expect(
      new Set(rowsOf(machine, workload(machine, all), 16384).map(({ pages }) => pages)),
    ).toEqual(new Set([2048]));
  });
});

describe('policies', () => {
  const cpusOf = (
    policy: Workload['policy'],
    changes: Partial<Workload> = {},
    topology = machine,
  ) =>
    rowsOf(topology, workload(topology, { policy, threads: 1, ...changes })).filter(
      (row) => row.operationEnd,
    );

  it('uniform comes to every CPU about equally often', () => {
    const counts = new Map<number, number>();
    for (const { cpu } of cpusOf({ name: 'uniform' }, { operations: 250_000 })) {
      counts.set(cpu, (counts.get(cpu) ?? 0) + 1);
    }
    expect(counts.size).toBe(250);
    // Chi-squared with 249 degrees of freedom: 1 in 1,000 is above 324; the seed is fixed.
    const chiSquared = [...counts.values()].reduce(
      (sum, count) => sum + (count - 1000) ** 2 / 1000,
      0,
    );
    expect(chiSquared).toBeLessThan(324);
  });

  it('sticky runs as long as asked for, on average', () => {
    const rows = cpusOf({ name: 'sticky', meanRun: 50 }, { operations: 100_000 });
    const moves = rows.filter((row, i) => i > 0 && row.cpu !== rows[i - 1]!.cpu).length;
    expect(100_000 / moves).toBeGreaterThan(46);
    expect(100_000 / moves).toBeLessThan(54);
  });

  it('local stays in its node as often as asked for, and leaves it otherwise', () => {
    const nodeOf = nodeOfCpu(machine);
    const rows = cpusOf(
      { name: 'local', scope: 'node', stayPerMillion: 750_000 },
      { operations: 100_000 },
    );
    const left = rows.filter(
      (row, i) => i > 0 && nodeOf[row.cpu] !== nodeOf[rows[i - 1]!.cpu],
    ).length;
    expect(left / 100_000).toBeGreaterThan(0.24);
    expect(left / 100_000).toBeLessThan(0.26);
  });

  it('local never leaves where it always stays', () => {
    const rows = cpusOf({ name: 'local', scope: 'cache', stayPerMillion: 1_000_000 });
    const cache = [...machine.caches].find(({ cpus }) => cpus.includes(rows[0]!.cpu))!;
    expect(rows.every(({ cpu }) => cache.cpus.includes(cpu))).toBe(true);
  });

  it('local asks for caches that the machine does not describe', () => {
    const flat = flatMachine(8, 2);
    expect(() => cpusOf({ name: 'local', scope: 'cache', stayPerMillion: 0 }, {}, flat)).toThrow(
      /no cache for 8 of the CPUs/,
    );
    expect(cpusOf({ name: 'local', scope: 'node', stayPerMillion: 0 }, {}, flat).length).toBe(5000);
  });

  it('round-robin visits CPU after CPU, pinned stays', () => {
    const four = { cpus: Int32Array.of(3, 5, 7, 9), operations: 6 };
    expect(cpusOf({ name: 'round-robin' }, four).map(({ cpu }) => cpu)).toEqual([3, 5, 7, 9, 3, 5]);
    const pinned = cpusOf({ name: 'pinned' }, { ...four, threads: 6, operations: 500 });
    for (const { thread, cpu } of pinned) expect(cpu).toBe(four.cpus[thread % 4]);
  });
});

describe('numbers that do not go together', () => {
  it.each<[string, Partial<Workload>, string]>([
    [
      'slots',
      { pattern: { name: 'slots', slots: 2 ** 24 }, mappingPages: { min: 1, max: 4096 } },
      'a process has at most 2147483647',
    ],
    [
      'grow',
      { pattern: { name: 'grow' }, operations: 10 ** 9 },
      '1000000000 operations of up to 64 pages',
    ],
    [
      'steady',
      { pattern: { name: 'steady', targetPages: 2 ** 31 - 1 } },
      'a target of 2147483647 pages',
    ],
    [
      'handoff',
      { pattern: { name: 'handoff', targetPages: 10 }, threads: 1 },
      'at least 2 threads',
    ],
  ])('are refused: %s', (_, changes, message) => {
    expect(() => generateUpdates(machine, workload(machine, changes), 4096)).toThrow(message);
  });
});
