/** The result of a comparison: plain data, in pages and counts, as JSON carries it. */

import type { BelowZero } from '../../recorded/seen-updates.ts';
import type { ObservedErrors } from '../../replay/tally.ts';
import type { StatedBound, WorstCase } from '../../schemes/bound.ts';
import type { SchemeName } from '../../schemes/registry.ts';
import type { PageSize, Pages } from '../../units.ts';
import type { PresetName } from '../../workload/presets.ts';
import type { Workload } from '../../workload/workload.ts';
import type { TracedProcess } from '../replay/trace/process-result.ts';
import type { TraceSummary } from '../replay/trace/trace-summary.ts';
import type { RunCost, SchemeCost } from './cost-result.ts';

export const COMPARISON_FORMAT = 'rss-err/compare@1';

export interface ComparedTopology {
  readonly name: string;
  /** SHA-256 of the normalised topology. */
  readonly sha256: string;
  readonly nrCpuIds: number;
  readonly possibleCpus: number;
  readonly presentCpus: number;
  readonly onlineCpus: number;
  /** Null where none are described. */
  readonly numaNodes: number | null;
  /** Bytes; the topology's own, or what the user asked for. */
  readonly pageSize: PageSize;
}

/** The workload without what stands elsewhere in the result. */
export interface ComparedWorkload
  extends Pick<Workload, 'threads' | 'policy' | 'pattern' | 'mappingPages' | 'hugePerMillion'> {
  /** The preset that the numbers started from. */
  readonly preset: PresetName;
  /** The CPUs that threads may run on, a cpulist. */
  readonly cpus: string;
}

/** An exact worst case and the number of CPUs that it is for. */
export interface WorstCaseOver extends WorstCase {
  readonly cpus: number;
}

export interface ComparedScheme {
  readonly scheme: SchemeName;
  /** The scheme with the parameters that differ from its default, as --scheme takes it. */
  readonly name: string;
  readonly parameters: Readonly<Record<string, unknown>>;
  readonly stated: StatedBound;
  /**
   * Of one counter, settled and serialised: all on-line CPUs and all threads. Null, as exactUsed,
   * where no closed form speaks of the stream: CPUs that come and go, cached pages without a fault,
   * more pages than a 32-bit counter holds.
   */
  readonly exact: WorstCaseOver | null;
  /** Of one counter too: the CPUs and threads that the replay used. */
  readonly exactUsed: WorstCaseOver | null;
  readonly observed: {
    /** Each member read as max(0, ·): what a reader sees. */
    readonly clamped: ObservedErrors;
    readonly raw: ObservedErrors;
  };
  /** With --cost. */
  readonly cost?: SchemeCost;
  /**
   * Of workloads: operations until the mean clamped error became stationary, see burn-in.ts; null
   * where it did not within the first half, or where there are too few to tell.
   */
  readonly burnInOperations?: number | null;
}

/** What a replay of any stream of updates has found. */
export interface MeasuredRun {
  readonly program: { readonly version: string };
  readonly topology: ComparedTopology;
  /** The sample size of the percentiles and means. */
  readonly operations: number;
  readonly updates: number;
  /** RSS at the end, pages. */
  readonly rssPages: Pages;
  readonly used: {
    readonly cpus: number;
    /** Null where none are described. */
    readonly numaNodes: number | null;
    readonly threads: number;
  };
  /** With --cost. */
  readonly cost?: RunCost;
  readonly schemes: readonly ComparedScheme[];
}

export interface Comparison extends MeasuredRun {
  readonly format: typeof COMPARISON_FORMAT;
  readonly workload: ComparedWorkload;
  readonly seed: number;
}

export const REPLAYED_FORMAT = 'rss-err/replay@1';

/** Where recorded updates came from. */
export interface Recording {
  /** The file's name without its folders, or "standard input". */
  readonly name: string;
  /** Records read, of all processes. */
  readonly records: number;
  /** Members of the resident set that it updates: RSS is the sum of so many counters. */
  readonly rssMembers: number;
  /** The process replayed; null: the only one of the file, of a trace all. */
  readonly mm: number | null;
  /** The first record that left a member with fewer pages than none: not of traces. */
  readonly belowZero?: BelowZero | null;
}

/** What may have to be said of a recording before its figures are believed. */
export interface RecordingFacts {
  readonly recording: Pick<Recording, 'name' | 'belowZero'>;
  readonly trace?: TraceSummary;
}

export interface Replayed extends MeasuredRun {
  readonly format: typeof REPLAYED_FORMAT;
  readonly recording: Recording;
  /** Of a kernel's trace: what it held, and the processes one by one; errors are of all together. */
  readonly trace?: TraceSummary;
  readonly processes?: readonly TracedProcess[];
}

/** What `compare` and `replay` print. */
export type RunResult = Comparison | Replayed;

export type Reading = keyof ComparedScheme['observed'];
