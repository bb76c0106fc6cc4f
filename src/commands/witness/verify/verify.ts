/** Holds a scheme's closed forms to its witnesses and to searches for anything beyond. */
import { formatScheme } from '../../../schemes/registry.ts';
import { formatCpulist } from '../../../topology/cpulist.ts';
import { comparedTopology } from '../../compare/compared-topology.ts';
import { checkBurst, growthOverBursts } from './check-burst.ts';
import { checkRunning } from './check-running.ts';
import { checkSettled } from './check-settled.ts';
import { CLOSED_FORMS, type ClosedForms, slotBatch } from './closed-forms.ts';
import type { Check, Verification } from './result.ts';
import type { SearchClock } from './search-clock.ts';
import { holdingOf, type VerifyRequest } from './verify-request.ts';

/** Cells and threads' caches of one's own are each touched by one alone: nothing is added. */
async function checkInFlight(
  request: VerifyRequest,
  forms: ClosedForms,
  clock: SearchClock,
): Promise<Check[]> {
  const { inFlight } = request;
  if (inFlight === null) return [];
  const holding = holdingOf(request);
  if (holding.kind === 'cells' && holding.isShared) {
    return checkBurst(request, inFlight, forms, clock);
  }
  if (holding.kind !== 'tree' || holding.shape.nrLevels === 0) return [];
  return [await checkRunning(request, holding, inFlight, forms, clock)];
}

/**
 * @throws InputError where machine and scheme do not fit; what the clock's heartbeat throws.
 */
export async function verify(
  request: VerifyRequest,
  clock: SearchClock,
  forms: ClosedForms = CLOSED_FORMS,
): Promise<Verification> {
  const { version, spec, topology, pageSize, cpus, threads, inFlight } = request;
  const settled = await checkSettled(request, forms, clock);
  const more = await checkInFlight(request, forms, clock);
  return {
    format: 'rss-err/verify@1',
    program: { version },
    topology: comparedTopology(topology, pageSize),
    scheme: formatScheme(spec),
    cpus: formatCpulist(cpus),
    threads,
    directions: request.directions,
    inFlight,
    seed: request.seed,
    seconds: request.seconds,
    checks: [settled, ...more],
    bursts:
      inFlight !== null &&
      more.some(({ check, verdict }) => check === 'burst' && verdict === 'exhaustive')
        ? await growthOverBursts(slotBatch(request), inFlight, clock)
        : null,
  };
}
