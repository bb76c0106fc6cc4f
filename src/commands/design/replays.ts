/** Short replays of designs: what a reader sees of each, and what its lines go through. */
import type { LatencyTable } from '../../schemes/latency.ts';
import type { SchemeSpec } from '../../schemes/registry.ts';
import type { PageSize } from '../../units.ts';
import { PRESETS, type PresetName, type Workload } from '../../workload/workload.ts';
import type { Compared, CompareRequest } from '../compare/compare.ts';
import type { Purpose } from './objectives.ts';
import type { Observed } from './result.ts';

export interface ReplayRequest {
  readonly version: string;
  readonly pageSize: PageSize;
  readonly workloads: readonly PresetName[];
  /** Of each replay; 0: none is made. */
  readonly operations: number;
  readonly seed: number;
  readonly latency: LatencyTable | null;
}

/** Designs that one replay feeds at once: each replay generates its stream again. */
const AT_ONCE = 8;

function workloadOf(
  preset: PresetName,
  { operations, seed }: ReplayRequest,
  { topology, used, switchEvery }: Purpose,
): Workload {
  const settled = PRESETS[preset];
  const { min, max } = settled.mappingPages;
  return {
    ...settled,
    ...{ operations, seed, cpus: used ?? topology.online },
    switchEvery: Math.max(1, Math.round((2 * switchEvery) / (min + max))),
  };
}

/** The replays of some designs on one machine: some designs after the other, each workload of them. */
export function replaysOf(
  designs: readonly SchemeSpec[],
  purpose: Purpose,
  request: ReplayRequest,
): CompareRequest[] {
  const { version, pageSize, workloads, latency } = request;
  const groups = Array.from({ length: Math.ceil(designs.length / AT_ONCE) }, (_, group) =>
    designs.slice(group * AT_ONCE, (group + 1) * AT_ONCE),
  );
  return groups.flatMap((schemes) =>
    workloads.map((preset) => ({
      ...{ version, topology: purpose.topology, pageSize, schemes, cost: { latency }, preset },
      workload: workloadOf(preset, request, purpose),
    })),
  );
}

/** What one replay says of one design. */
export interface Sighting extends Observed {
  readonly name: string;
}

/** In the order of the replay's schemes. */
export function sightingsOf({ schemes }: Compared): Sighting[] {
  return schemes.map(({ name, observed: { clamped }, cost }) => ({
    name,
    under: clamped.under,
    over: clamped.over,
    atomics: cost?.perOperation?.atomics ?? 0,
    locks: cost?.perOperation?.locks ?? 0,
    moved: cost?.perOperation?.moved ?? 0,
    nanoseconds: cost?.modelledNanoseconds?.perOperation ?? null,
  }));
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** Of all workloads: the largest errors, and means of the rates. */
export function observedOf(sightings: readonly Sighting[]): Observed {
  const meanOf = (of: (sighting: Sighting) => number) => mean(sightings.map(of));
  const hasTime = sightings.every(({ nanoseconds }) => nanoseconds !== null);
  return {
    under: Math.max(...sightings.map(({ under }) => under)),
    over: Math.max(...sightings.map(({ over }) => over)),
    atomics: meanOf(({ atomics }) => atomics),
    locks: meanOf(({ locks }) => locks),
    moved: meanOf(({ moved }) => moved),
    nanoseconds: hasTime ? meanOf(({ nanoseconds }) => nanoseconds ?? 0) : null,
  };
}
