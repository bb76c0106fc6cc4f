/** Two streams after which the OOM killer chooses wrong, and that no stream does at one page more. */
import { describe, expect, it } from 'vitest';
import { ELDER, oomWitnessOf, YOUNGER } from '../../../src/commands/witness/oom-witness.ts';
import { MEMBER } from '../../../src/kernel/rss-stat.ts';
import type { TreeShape } from '../../../src/kernel/tree-shape.ts';
import { SINGLE_PAGE_FAULTS, safeDifference } from '../../../src/schemes/bound.ts';
import { createCounters, parseScheme, schemeOf } from '../../../src/schemes/registry.ts';
import { KIND } from '../../../src/update/kinds.ts';
import { flatMachine } from '../../support/machines.ts';
import { addsOfUpdate, createReference } from '../../support/reference.ts';
import { columnsOf, readingsAfterEach, readingsOf } from '../../support/updates.ts';

const KINDS = { fault: KIND.fault, bulk: KIND.bulk } as const;

function boundOf(text: string, cpus: number, threads: number) {
  const spec = parseScheme(text);
  const topology = flatMachine(cpus, 2);
  return schemeOf(spec).worstCase(
    spec,
    topology,
    { cpus: topology.online, threads },
    SINGLE_PAGE_FAULTS,
  );
}

/** What each of the two truly has and reads at the end, by the oracle. */
function endOf(text: string, cpus: number, threads: number) {
  const spec = parseScheme(text);
  const topology = flatMachine(cpus, 2);
  const witness = oomWitnessOf({
    ...{ version: '0', spec, direction: 'under', topology, pageSize: 4096, threads, memory: null },
    cpus: topology.online,
  });
  const ends = [ELDER, YOUNGER].map((mm) => {
    const counters = createReference(topology, spec);
    for (const record of witness.records()) {
      if (record.mm !== mm) continue;
      const { thread, cpu, pages, repeat } = record;
      const kind = KINDS[record.kind as keyof typeof KINDS];
      for (let i = 0; i < repeat; i++) {
        for (const add of addsOfUpdate({ thread, cpu, pages, kind })) counters.add(add);
      }
    }
    return { truth: counters.precise(MEMBER.anon), reading: counters.reading(MEMBER.anon) };
  });
  return { ends, header: witness.header.oom };
}

describe('the witness at the largest difference', () => {
  it.each([
    ['per-cpu', 8, 1],
    ['per-cpu', 250, 1],
    ['per-cpu:batch=7', 3, 1],
    ['per-numa', 8, 1],
    ['per-thread', 8, 5],
    ['tree', 8, 1],
    ['tree', 250, 1],
    ['tree:batch=2,version=17', 13, 1],
  ])('%s on %i CPUs, %i threads: both read the same, the elder truly has more', (...of) => {
    const { ends, header } = endOf(...of);
    const [elder, younger] = ends;
    expect(elder!.reading).toBe(BigInt(header.reading));
    expect(younger!.reading).toBe(elder!.reading);
    expect(elder!.truth - younger!.truth).toBe(BigInt(header.pages));
    expect(header.pages).toBe(safeDifference(boundOf(...of)) - 1);
  });

  it('is none where no error reverses a choice', () => {
    expect(() => endOf('atomic', 8, 1)).toThrow('of two equals the later dies');
    expect(() => endOf('per-cpu:batch=1', 8, 1)).toThrow('of two equals the later dies');
  });
});

/**
 * What tells two states apart beside truth and reading. A tree's counters hold full values: what they do
 * next follows from their residues, modulo the batch of their level.
 */
function stateOf(state: unknown, shape: TreeShape | null): string {
  if (shape === null) return JSON.stringify(state);
  const { level0, items } = state as { level0: number[]; items: number[][] };
  const residues = [level0, ...items.slice(0, -1)].map((values, level) =>
    values.map(
      (value) => value - batchOf(shape, level) * Math.floor(value / batchOf(shape, level)),
    ),
  );
  return JSON.stringify(residues);
}

const batchOf = ({ levelBatches }: TreeShape, level: number) => levelBatches[level]!;

/**
 * Every pair of truth and reading that a process of at most so many pages comes to, by all streams of
 * adds, each state of the counters visited once.
 */
function reachable(text: string, cpus: number, most: number): Map<number, Set<number>> {
  const spec = parseScheme(text);
  const topology = flatMachine(cpus);
  const holding = schemeOf(spec).holding(spec, topology, topology.online, 5);
  const shape = holding.kind === 'tree' ? holding.shape : null;
  type Step = readonly [cpu: number, pages: number];
  const run = (steps: readonly Step[]) => {
    const counters = createCounters(topology, spec);
    const columns = columnsOf(
      steps.map(([cpu, pages]) => ({ cpu, pages, kind: pages > 0 ? KIND.fault : KIND.bulk })),
    );
    const reading = readingsAfterEach(readingsOf(counters, columns), columns).at(-1) ?? 0;
    return {
      truth: counters.preciseSum(MEMBER.anon),
      reading: Math.max(0, reading),
      state: stateOf(counters.state(MEMBER.anon), shape),
    };
  };
  const readings = new Map<number, Set<number>>();
  const seen = new Set<string>();
  let paths: Step[][] = [[]];
  while (paths.length > 0) {
    const next: Step[][] = [];
    for (const path of paths) {
      const { truth, reading, state } = run(path);
      const key = `${truth} ${state}`;
      if (truth < 0 || truth > most || seen.has(key)) continue;
      seen.add(key);
      readings.set(truth, (readings.get(truth) ?? new Set()).add(reading));
      for (let cpu = 0; cpu < cpus; cpu++) {
        for (const pages of [1, -1]) next.push([...path, [cpu, pages]]);
      }
    }
    paths = next;
  }
  return readings;
}

describe('from the safe difference on no error reverses the choice, all states of small machines', () => {
  it.each([
    ['per-cpu:batch=2', 2, 6],
    ['per-cpu:batch=3', 2, 12],
    ['tree:batch=2', 2, 10],
    ['tree:batch=2', 4, 12],
  ])('%s on %i CPUs, up to %i pages', (text, cpus, most) => {
    const readings = reachable(text, cpus, most);
    const safe = safeDifference(boundOf(text, cpus, 1));
    let [pairs, atTheEdge] = [0, 0];
    for (const [larger, ofLarger] of readings) {
      for (const [smaller, ofSmaller] of readings) {
        const reversed = Math.max(...ofSmaller) >= Math.min(...ofLarger);
        if (larger - smaller >= safe) {
          expect(reversed).toBe(false);
          pairs += 1;
        }
        if (larger - smaller === safe - 1 && reversed) atTheEdge += 1;
      }
    }
    expect(pairs).toBeGreaterThan(0);
    expect(atTheEdge).toBeGreaterThan(0);
  });
});
