/** The result of one process of a trace: plain data, in pages and counts. */
import type { ObservedErrors } from '../../../replay/tally.ts';
import type { WorstCase } from '../../../schemes/bound.ts';
import type { Pages } from '../../../units.ts';

/** Of a process the extremes and the mean; percentiles are of all processes together. */
export type OwnErrors = Omit<ObservedErrors, 'p50' | 'p99'>;

export interface TracedProcess {
  /** The kernel's mm_id; of processes that had it one after the other, which one (1 = the first). */
  readonly mm: number;
  readonly life: number;
  /** Name of the first task seen to run in it; null: none was. */
  readonly comm: string | null;
  /** Lines of its first and last event. */
  readonly firstLine: number;
  readonly lastLine: number;
  /** Its end is in the trace. */
  readonly ended: boolean;
  readonly operations: number;
  readonly updates: number;
  /** RSS at the end, pages. */
  readonly rssPages: Pages;
  readonly used: { readonly cpus: number; readonly threads: number };
  readonly rssMembers: number;
  /** In the order of the schemes asked for. */
  readonly schemes: readonly {
    readonly name: string;
    readonly exactUsed: (WorstCase & { readonly cpus: number }) | null;
    readonly observed: { readonly clamped: OwnErrors; readonly raw: OwnErrors };
  }[];
}
