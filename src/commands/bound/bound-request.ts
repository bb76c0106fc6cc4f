/** What `bound` is asked, and what of its result follows from that alone. */

import type { SchemeSpec } from '../../kernel/scheme-spec.ts';
import type { InFlight, UpdateKinds } from '../../schemes/worst-case.ts';
import type { PageSize, Pages } from '../../units.ts';
import { BOUND_FORMAT } from './result.ts';

export interface BoundRequest {
  readonly version: string;
  readonly pageSize: PageSize;
  readonly threads: number;
  readonly inFlight: InFlight;
  /** The process whose readings are clamped; null: only the raw errors are asked for. */
  readonly sizePages: Pages | null;
  readonly schemes: readonly SchemeSpec[];
}

/** The per-thread scheme at one page a fault, none of which takes a page away. */
export const SINGLE_PAGE_FAULTS: UpdateKinds = { pagesAddedPerFault: 1, pagesTakenPerFault: 0 };

export function requestedPart({ version, threads, inFlight, sizePages }: BoundRequest) {
  return {
    format: BOUND_FORMAT,
    program: { version },
    threads,
    kinds: SINGLE_PAGE_FAULTS,
    inFlight,
    sizePages,
  } as const;
}
