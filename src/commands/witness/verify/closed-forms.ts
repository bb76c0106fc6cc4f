/** The closed forms that a verification holds the searches to. */
import { worstCase } from '../../../schemes/bound.ts';
import { inFlightExtra } from '../../../schemes/in-flight.ts';
import { machineSize, numaBatch } from '../../../schemes/machine-size.ts';
import { slotAfterBurst, slotInBurst } from '../../../schemes/per-numa/burst.ts';
import type { InFlight, WorstCase } from '../../../schemes/worst-case.ts';
import type { Pages } from '../../../units.ts';
import { SINGLE_PAGE_FAULTS } from '../../bound/bound-request.ts';
import type { VerifyRequest } from './verify-request.ts';

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
  return worstCase(spec, topology, { cpus, threads }, SINGLE_PAGE_FAULTS);
}

export const CLOSED_FORMS: ClosedForms = {
  settled,
  running(request, inFlight) {
    const { under, over } = settled(request);
    const { running } = inFlightExtra(request.spec, machineSize(request.topology), inFlight);
    const extra = running ?? Number.POSITIVE_INFINITY;
    return { under: under + extra, over: over + extra };
  },
  inBurst: slotInBurst,
  afterBurst: slotAfterBurst,
};

/** The batch of one slot, pages. */
export function slotBatch({ spec, topology }: VerifyRequest): Pages {
  return spec.scheme === 'per-numa' ? numaBatch(machineSize(topology), spec) : 1;
}
