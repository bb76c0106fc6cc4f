/** The result of a run of many processes: plain data, in pages and counts, as JSON carries it. */

import type { MemberName } from '../../kernel/rss-stat.ts';
import type { WorstCase } from '../../schemes/bound.ts';
import type { Pages } from '../../units.ts';
import type { ProcessPresetName, ProcessWorkload } from '../../workload/lives/process-workload.ts';
import type { ComparedTopology } from '../compare/result.ts';

export const PROCESSES_FORMAT = 'rss-err/processes@1';

/** What errors are reported of: the resident set size, and each member. */
export type Quantity = 'rss' | MemberName;

/** An extreme error, and where it was first reached; process, program and operation null where 0. */
export interface ExtremeError {
  readonly pages: Pages;
  readonly process: number | null;
  readonly program: string | null;
  /** Of the process since its fork or exec, 1 = the first. */
  readonly operation: number | null;
}

export interface ProcessErrors {
  readonly under: ExtremeError;
  readonly over: ExtremeError;
  /** Signed, and percentiles of the magnitude, over the operations of all processes. */
  readonly mean: number;
  readonly p50: Pages;
  readonly p99: Pages;
}

export interface QuantityResult {
  readonly quantity: Quantity;
  readonly clamped: ProcessErrors;
  readonly raw: ProcessErrors;
}

/** The largest clamped error of RSS of each mm of a program: percentiles over those mms. */
export interface ProgramErrors {
  readonly program: string;
  /** mms that ended: a program has one from exec on, and each child has one from fork to exec. */
  readonly mms: number;
  readonly p50: Pages;
  readonly p99: Pages;
}

export interface MmInitCounts {
  readonly allocated: number;
  readonly rolledBack: number;
  readonly freed: number;
}

export interface CheckMmCounts {
  readonly checked: number;
  readonly bad: number;
  /** What the kernel would say of the first bad mm. */
  readonly messages: readonly string[];
}

export interface ProcessesScheme {
  readonly scheme: string;
  readonly name: string;
  readonly parameters: Readonly<Record<string, unknown>>;
  /** One member, settled and serialised: all on-line CPUs, the threads of the largest process. */
  readonly exact: WorstCase & { readonly cpus: number };
  readonly allocations: MmInitCounts;
  readonly checkMm: CheckMmCounts;
  /** RSS first, then the members. */
  readonly errors: readonly QuantityResult[];
  /** In the order in which the programs first ended. */
  readonly largestOfMm: readonly ProgramErrors[];
}

export interface ProcessesResult {
  readonly format: typeof PROCESSES_FORMAT;
  readonly program: { readonly version: string };
  readonly topology: ComparedTopology;
  readonly workload: Omit<ProcessWorkload, 'seed' | 'cpus'> & {
    readonly preset: ProcessPresetName;
    readonly cpus: string;
  };
  readonly seed: number;
  /** mm_init() is called at each fork and exec. */
  readonly mms: { readonly inits: number; readonly failed: number; readonly mostAtOnce: number };
  readonly operations: number;
  readonly updates: number;
  readonly usedCpus: number;
  readonly schemes: readonly ProcessesScheme[];
}
