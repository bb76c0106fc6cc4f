/**
 * Extremes of the five-thread hop, page by page, as a plain C program of the same draws finds them:
 * threads 5, 1,024 slots, two nodes of half the CPUs each, errors unclamped, largest of either side.
 */
import { describe, expect, it } from 'vitest';
import { replay } from '../../src/replay/replay.ts';
import { createCounters, parseScheme } from '../../src/schemes/registry.ts';
import { generateUpdates } from '../../src/workload/generate.ts';
import { PRESETS } from '../../src/workload/workload.ts';
import { flatMachine } from '../support/machines.ts';

const SCHEMES = ['tree', 'per-cpu', 'per-numa:batch=32', 'per-thread'];

describe.each([
  { cpus: 250, operations: 3_000_000, pages: 64, extremes: [15847, 17290, 62, 315], rss: 17105 },
  { cpus: 250, operations: 3_000_000, pages: 1, extremes: [14881, 576, 61, 93], rss: 528 },
  { cpus: 250, operations: 1_000_000, pages: 512, extremes: [15902, 39371, 62, 318], rss: 130_700 },
  { cpus: 8, operations: 1_000_000, pages: 64, extremes: [478, 215, 62, 313], rss: 16_559 },
  {
    cpus: 4096,
    operations: 1_000_000,
    pages: 64,
    extremes: [280_381, 19_332, 62, 313],
    rss: 16_559,
  },
])('hop on $cpus CPUs, up to $pages pages', ({ cpus, operations, pages, extremes, rss }) => {
  it('has the extremes of the C reference, seed 1', async () => {
    const topology = flatMachine(cpus, 2);
    const schemes = SCHEMES.map((name) => ({
      name,
      counters: createCounters(topology, parseScheme(name)),
    }));
    const workload = {
      ...PRESETS.hop,
      threads: 5,
      operations,
      seed: 1,
      cpus: topology.online,
      mappingPages: { min: 1, max: pages },
    };
    const source = generateUpdates(topology, workload, 4096);
    const result = await replay(source, cpus, schemes, () => undefined);
    const largest = result.observed.map(({ raw }) => Math.max(raw.under, raw.over));
    expect(largest).toEqual(extremes);
    expect(result.rss).toBe(rss);
  });
});
