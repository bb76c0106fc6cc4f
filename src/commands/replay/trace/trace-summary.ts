/** What a trace held and what of it could be replayed, counted: part of the result of a replay. */

import type { Contradiction, SizeKind } from '../../../recorded/trace/change.ts';
import type { TraceForm } from '../../../recorded/trace/event.ts';
import type { Pages } from '../../../units.ts';
import type { Policy } from '../../../workload/registry.ts';

/** How often, and the line it was first seen on; null where it was not. */
export interface Sighted {
  readonly count: number;
  readonly firstLine: number | null;
}

export interface TraceSummary {
  readonly form: TraceForm;
  /** What the sizes were taken for; approximate: only what was flushed is replayed. */
  readonly sizeIs: SizeKind;
  /** The stream lacks updates that the process made: approximate sizes. */
  readonly lowerBound: boolean;
  /** How the sizes contradict what they were taken for. */
  readonly contradictions: readonly Contradiction[];
  /** The name that a process had to have; null: any. */
  readonly comm: string | null;
  /** Of the processes that had the mm_id asked for, the one that was replayed; null: all of them. */
  readonly life: number | null;
  /** Where threads were placed; null: where they were recorded. */
  readonly spread: {
    readonly policy: Policy;
    readonly seed: number;
    readonly cpus: string;
  } | null;
  /** Processes in the trace, and those replayed; of the latter, those with a used mm_id. */
  readonly processesSeen: number;
  readonly processesReplayed: number;
  readonly reusedMmIds: number;
  readonly lines: number;
  readonly rssStatEvents: number;
  readonly migrations: number;
  readonly switches: number;
  readonly threadExits: number;
  readonly otherEvents: number;
  /** Events that changed nothing: another CPU's add was printed with an earlier event. */
  readonly zeroDeltas: number;
  readonly remoteUpdates: number;
  /** Members whose size at their first event was taken for what was there before. */
  readonly startsUnknown: number;
  readonly losses: Sighted;
  /** Events that the tool says are missing, as far as it gives a number. */
  readonly lostEvents: number;
  /** Members taken up again after a loss, and the pages that had come or gone unseen. */
  readonly takenUpAgain: number;
  readonly pagesUnseen: Pages;
  readonly malformed: Sighted;
  readonly unknownLines: Sighted;
  readonly outOfOrder: Sighted;
  /** Updates of processes before they were known to be asked for, turned into initial offsets. */
  readonly updatesBeforeNamed: number;
  /** Processes left out of `processes`, those that were off the least. */
  readonly processesNotListed: number;
}
