/** What `bound` is asked, and what of its result follows from that alone. */

import { type InFlight, SINGLE_PAGE_FAULTS } from '../../schemes/bound.ts';
import type { SchemeSpec } from '../../schemes/registry.ts';
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
