/** What a replay against real kernels finds: plain data, in pages and counts, as JSON carries it. */
import type { MemberName } from '../../../kernel/rss-stat.ts';
import type { RunMode, RunScheme } from '../../../recorded/kernel-run/kernel-run.ts';
import type { PageSize, Pages } from '../../../units.ts';

export const AGAINST_FORMAT = 'rss-err/against@1';

/** One recorded value that the model does not give. */
export interface Difference {
  /** Events before it. */
  readonly step: number;
  /** The recorded field. */
  readonly field: string;
  readonly predicted: number;
  readonly recorded: number;
}

/** How many values were held to the model's, and the first that is not. */
export interface Agreement {
  readonly compared: number;
  readonly differ: number;
  readonly first: Difference | null;
}

/** Predicted minus recorded, pages. */
export interface Residual {
  readonly min: Pages;
  /** Of the magnitude, nearest rank. */
  readonly p50: Pages;
  readonly p99: Pages;
  readonly max: Pages;
}

export interface JudgedRun {
  /** The file's name without its folders, or "standard input". */
  readonly name: string;
  readonly kernel: string;
  readonly release: string;
  readonly mode: RunMode;
  readonly scheme: RunScheme;
  readonly cpus: number;
  readonly threads: number;
  readonly pageSize: PageSize;
  /** The member that the events move. */
  readonly member: MemberName;
  readonly events: number;
  /** What a reader of RSS saw (the kernel's get_mm_rss). */
  readonly readings: Agreement & { readonly residual: Residual };
  /** The kernel's own error over the readings, recorded minus recorded precise; pages ≥ 0. */
  readonly recordedError: { readonly under: Pages; readonly over: Pages };
  /** Raw counters: shared values beside each reading, whole snapshots, the scheme's constant. */
  readonly raw: Agreement & { readonly snapshots: number };
  readonly agrees: boolean;
}

export interface Against {
  readonly format: typeof AGAINST_FORMAT;
  readonly program: { readonly version: string };
  readonly runs: readonly JudgedRun[];
  readonly total: {
    readonly runs: number;
    readonly readings: number;
    readonly readingsDiffer: number;
    readonly rawValues: number;
    readonly rawDiffer: number;
  };
  /** Every value of every run is the model's. */
  readonly agrees: boolean;
}
