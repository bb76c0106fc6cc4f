/** A migration policy: which CPU a thread's next operation runs on. */
import type { CpuIds } from '../../topology/cpulist.ts';
import type { Topology } from '../../topology/topology.ts';
import type { Parameters, ValuesOf, Words } from './parameter.ts';
import type { RandomState } from './random.ts';

export type Place = (thread: number) => number;

/** What places threads: the machine, the CPUs that they may run on, and how many they are. */
interface PlaceRequest {
  readonly topology: Topology;
  readonly cpus: CpuIds;
  readonly threads: number;
  readonly random: RandomState;
}

/** All that is known of a policy; workload/registry.ts lists them. */
export interface PolicyRecord<N extends string, Ps extends Parameters> {
  readonly name: N;
  /** In the order of results and of `reproduce:`. */
  readonly parameters: Ps;
  text(values: ValuesOf<Ps>, words: Words): string;
  /** @throws InputError where the machine does not describe what the policy needs. */
  createPlace(request: PlaceRequest, values: ValuesOf<Ps>): Place;
}

export function definePolicy<const N extends string, const Ps extends Parameters>(
  record: PolicyRecord<N, Ps>,
): PolicyRecord<N, Ps> {
  return record;
}

/** Most machines number their CPUs without gaps: a table of a million would miss the caches. */
export function withoutGaps(cpus: CpuIds): boolean {
  return cpus[cpus.length - 1]! - cpus[0]! === cpus.length - 1;
}
