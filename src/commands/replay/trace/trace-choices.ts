/** What the user says of a kernel's trace: what its sizes are, which process, on which CPUs. */
import { InputError } from '../../../errors.ts';
import { DEFAULT_SIZE_KIND, type SizeKind } from '../../../recorded/trace/delta-statistics.ts';
import type { CpuIds } from '../../../topology/cpulist.ts';
import type { Policy } from '../../../workload/workload.ts';

/** Threads run where a migration policy places them, not where they were recorded. */
export interface Spread {
  readonly policy: Policy;
  readonly seed: number;
  /** On-line CPUs. */
  readonly cpus: CpuIds;
}

export interface TraceChoices {
  /** What the user said; where nothing, precise. */
  readonly sizeIs: SizeKind;
  /** Only processes that a task of this name ran in; null: all. */
  readonly comm: string | null;
  /** Of the processes that had the mm_id asked for, only this one (1 = the first); null: all. */
  readonly life: number | null;
  readonly spread: Spread | null;
}

/** @throws InputError where recorded updates are given what only a trace can follow. */
export function demandNoTraceChoices(
  { sizeIs, comm, life, spread }: TraceChoices,
  name: string,
): void {
  const given = [
    ...(sizeIs === DEFAULT_SIZE_KIND ? [] : ['--size-is']),
    ...(comm === null ? [] : ['--comm']),
    ...(life === null ? [] : [`--mm with #${life}`]),
    ...(spread === null ? [] : ['--spread']),
  ];
  if (given.length === 0) return;
  throw new InputError(
    `${name}: ${given[0]} goes with a kernel's trace: these are recorded updates`,
  );
}
