/** The five-thread hop: what the reference in C replays, through the same four schemes. */
import { replay } from '../../src/replay/replay.ts';
import { createCounters, parseScheme } from '../../src/schemes/registry.ts';
import type { Topology } from '../../src/topology/topology.ts';
import type { UpdateSource } from '../../src/update/columns.ts';
import { generateUpdates } from '../../src/workload/generate.ts';
import { PRESETS } from '../../src/workload/workload.ts';
import { flatMachine } from '../support/machines.ts';

export interface Hop {
  readonly cpus: number;
  readonly operations: number;
  readonly seed: number;
  /** Mappings are of 1 to so many pages. */
  readonly pages: number;
}

export interface HopResult {
  /** Of the replay, without the program's start. */
  readonly seconds: number;
  /** Largest |error|, unclamped, pages: tree, per CPU, per node, per thread. */
  readonly worst: readonly number[];
  readonly rss: number;
}

const PAGE_SIZE = 4096;

/** The reference keeps the per-node batch at 32 on every machine. */
export const SCHEMES = ['tree', 'per-cpu', 'per-numa:batch=32', 'per-thread'];

/** The machine, and the stream of the hop on it. */
export function hopSource({ cpus, operations, seed, pages }: Hop): {
  topology: Topology;
  source: UpdateSource;
} {
  const topology = flatMachine(cpus, 2);
  const workload = {
    ...PRESETS.hop,
    threads: 5,
    operations,
    seed,
    cpus: topology.online,
    mappingPages: { min: 1, max: pages },
  };
  return { topology, source: generateUpdates(topology, workload, PAGE_SIZE) };
}

export async function replayHop(hop: Hop): Promise<HopResult> {
  const { topology, source } = hopSource(hop);
  const schemes = SCHEMES.map((name) => ({
    name,
    counters: createCounters(topology, parseScheme(name)),
  }));
  const start = performance.now();
  const { observed, rss } = await replay(source, hop.cpus, schemes, () => undefined);
  const seconds = (performance.now() - start) / 1000;
  return { seconds, worst: observed.map(({ raw }) => Math.max(raw.under, raw.over)), rss };
}
