/** The contract of a counting scheme: columns of updates in, readings out. */
import type { SchemeSpec } from '../kernel/scheme-spec.ts';
import type { Topology } from '../topology/topology.ts';
import type { UpdateColumns } from '../update/columns.ts';
import type { Readings } from '../update/readings.ts';

/** One mm's members under one scheme. */
export interface Counters<State = unknown> {
  /** Consumes a batch and writes how its members read meanwhile to `readings`, which is clear. */
  apply(updates: UpdateColumns, readings: Readings): void;
  /** What the scheme's precise sum reads, pages. */
  preciseSum(member: number): number;
  /** The precise sum is that of 32-bit counters: equal to the truth modulo 2^32. */
  readonly wraps: boolean;
  /** The raw state of one member, for golden vectors and recorded kernels. */
  state(member: number): State;
}

/** The scheme's own options, from `scheme:key=value,…`. */
export type ParameterText = ReadonlyMap<string, string>;

export interface Scheme<Spec extends SchemeSpec> {
  readonly name: Spec['scheme'];
  /** The parameters that the scheme knows, for messages. */
  readonly parameterNames: readonly string[];
  /** @throws InputError naming the parameter, its value and what is expected. */
  parse(parameters: ParameterText): Spec;
  /** The parameters that differ from the default, as parse() reads them. */
  format(spec: Spec): readonly string[];
  /** Counters at zero. @throws InputError where the machine and the parameters do not fit. */
  createCounters(topology: Topology, spec: Spec): Counters;
}
