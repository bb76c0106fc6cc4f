/** The closed forms that a verification holds the searches to. */

import {
  type InFlight,
  machineSize,
  SINGLE_PAGE_FAULTS,
  type WorstCase,
} from '../../../schemes/bound.ts';
import { slotAfterBurst, slotInBurst } from '../../../schemes/per-numa/bound.ts';
import { schemeOf } from '../../../schemes/registry.ts';
import type { Pages } from '../../../units.ts';
import { holdingOf, type VerifyRequest } from './verify-request.ts';

/** A parameter of the verification, so that a wrong form can be seen to fail. */
export interface ClosedForms {
  settled(request: VerifyRequest): WorstCase;
  /** Of the tree, at most so many updates running. */
  running(request: VerifyRequest, inFlight: InFlight): WorstCase;
  /** Of one slot of the per-NUMA atomics: what a reader can lack, and the slot after a burst. */
  inBurst(batch: Pages, inFlight: InFlight): Pages;
  afterBurst(batch: Pages, inFlight: InFlight): Pages;
}

function settled({ spec, topology, cpus, threads }: VerifyRequest): WorstCase {
  return schemeOf(spec).worstCase(spec, topology, { cpus, threads }, SINGLE_PAGE_FAULTS);
}

export const CLOSED_FORMS: ClosedForms = {
  settled,
  running(request, inFlight) {
    const { under, over } = settled(request);
    const { spec, topology } = request;
    const { running } = schemeOf(spec).inFlightExtra(spec, machineSize(topology), inFlight);
    const extra = running ?? Number.POSITIVE_INFINITY;
    return { under: under + extra, over: over + extra };
  },
  inBurst: slotInBurst,
  afterBurst: slotAfterBurst,
};

/** The batch of one slot, pages. */
export function slotBatch(request: VerifyRequest): Pages {
  const holding = holdingOf(request);
  return holding.kind === 'cells' ? holding.batch : 1;
}
