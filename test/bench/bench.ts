/**
 * `npm run bench`: operations, updates and adds per second of the replay, as JSON: with each scheme
 * alone, with none (generating and keeping the ledger), and with the four default ones. Every case
 * runs several times, in turn with the others; medians and spread are reported. Never a test.
 */
import { cpus } from 'node:os';
import { version } from '../../src/cli/version.ts';
import { replay } from '../../src/replay/replay.ts';
import { createCounters, DEFAULT_SCHEMES, parseScheme } from '../../src/schemes/registry.ts';
import { loadBundled } from '../../src/topology/load.ts';
import type { UpdateColumns } from '../../src/update/columns.ts';
import { KIND } from '../../src/update/kinds.ts';
import type { UpdateSource } from '../../src/update/source.ts';
import { generateUpdates } from '../../src/workload/generate.ts';
import { PRESETS, type PresetName } from '../../src/workload/presets.ts';

const RUNS = Number(process.env.BENCH_RUNS ?? 5);
const OPERATIONS = Number(process.env.BENCH_OPERATIONS ?? 3_000_000);
const MACHINE = '250cpu';

interface Sample {
  readonly seconds: number;
  readonly operations: number;
  readonly updates: number;
  readonly adds: number;
}

/** Counts the adds that pass by. */
function counting(source: UpdateSource): { source: UpdateSource; adds: () => number } {
  let adds = 0;
  const count = ({ length, kind, pages }: UpdateColumns) => {
    for (let u = 0; u < length; u++) adds += kind[u] === KIND.fault ? Math.abs(pages[u]!) : 1;
  };
  return {
    adds: () => adds,
    source: {
      operations: source.operations,
      fill(columns) {
        source.fill(columns);
        count(columns);
      },
    },
  };
}

/** The adds of a workload, counted once: a timed run has nothing to count. */
async function addsOf(preset: PresetName): Promise<number> {
  const { source, adds } = counting(sourceOf(preset));
  await replay(source, loadBundled(MACHINE).nrCpuIds, [], () => undefined);
  return adds();
}

function sourceOf(preset: PresetName): UpdateSource {
  const topology = loadBundled(MACHINE);
  const workload = {
    ...PRESETS[preset],
    operations: OPERATIONS,
    seed: 1,
    cpus: topology.online,
  };
  return generateUpdates(topology, workload, topology.pageSize);
}

async function run(preset: PresetName, schemes: readonly string[], adds: number): Promise<Sample> {
  const topology = loadBundled(MACHINE);
  const source = sourceOf(preset);
  const counters = schemes.map((name) => ({
    name,
    counters: createCounters(topology, parseScheme(name)),
  }));
  const start = performance.now();
  const { operations, updates } = await replay(
    source,
    topology.nrCpuIds,
    counters,
    () => undefined,
  );
  return { seconds: (performance.now() - start) / 1000, operations, updates, adds };
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

function report(name: string, preset: PresetName, samples: readonly Sample[]) {
  const seconds = samples.map((sample) => sample.seconds);
  const middle = median(seconds);
  const { operations, updates, adds } = samples[0]!;
  const perSecond = (count: number) => Math.round(count / middle);
  return {
    name,
    preset,
    machine: MACHINE,
    operations,
    updates,
    adds,
    seconds: { median: middle, min: Math.min(...seconds), max: Math.max(...seconds) },
    operationsPerSecond: perSecond(operations),
    updatesPerSecond: perSecond(updates),
    addsPerSecond: perSecond(adds),
  };
}

const presets: PresetName[] = ['service', 'hop'];
const sets: [string, readonly string[]][] = [
  ['none', []],
  ...DEFAULT_SCHEMES.map((name): [string, readonly string[]] => [name, [name]]),
  ['altogether', DEFAULT_SCHEMES],
];

const cases = presets.flatMap((preset) =>
  sets.map(([name, schemes]) => ({ preset, name, schemes, samples: [] as Sample[] })),
);
const adds = new Map<PresetName, number>();
for (const preset of presets) adds.set(preset, await addsOf(preset));
for (let i = 0; i < RUNS + 1; i++) {
  for (const { preset, schemes, samples } of cases) {
    const sample = await run(preset, schemes, adds.get(preset)!);
    if (i > 0) samples.push(sample);
  }
}

const result = {
  format: 'rss-err/bench@1',
  program: { version },
  node: process.version,
  cpu: cpus()[0]?.model ?? 'unknown',
  runs: RUNS,
  cases: cases.map(({ name, preset, samples }) => report(name, preset, samples)),
};
process.stdout.write(`${JSON.stringify(result, null, 2)}\n`);
