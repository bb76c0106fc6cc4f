/** The schedule that attains what updates in flight can do: whole updates, and steps of those that stop. */
import {
  type InFlight,
  isBounded,
  machineSize,
  SINGLE_PAGE_FAULTS,
  type WorstCase,
} from '../../../schemes/bound.ts';
import { formatScheme, schemeOf } from '../../../schemes/registry.ts';
import type { Holding } from '../../../schemes/scheme.ts';
import { topologySha256 } from '../../../topology/normal-form.ts';
import type { Pages } from '../../../units.ts';
import { RECORDED_FORMAT } from '../../../update/record.ts';
import { NoWitness, type WitnessRequest, witnessOf } from '../witness.ts';
import { witnessStream } from '../witness-stream.ts';
import type { StreamStep } from './result.ts';
import { steppedMachine } from './running.ts';
import { burstSchedule } from './slot-burst.ts';

/** Its lines are updates as recordings have them, and steps, which `replay` does not take. */
const SCHEDULE_FORMAT = 'rss-err/schedule@1';

interface Schedule {
  readonly header: object;
  records(): Iterable<StreamStep>;
}

/** What is attained, and by how many bursts it is bounded. */
interface Attained {
  readonly pages: Pages;
  /** running: whatever has run before. burst: no bound over several, this is the most of one. */
  readonly bound: 'running' | 'burst';
}

function attainable(
  { spec, topology, direction }: WitnessRequest,
  settled: WorstCase,
  inFlight: InFlight,
): Attained {
  const extra = schemeOf(spec).inFlightExtra(spec, machineSize(topology), inFlight);
  return extra.running === null
    ? { pages: settled[direction] + (extra.burst ?? 0), bound: 'burst' }
    : { pages: settled[direction] + extra.running, bound: 'running' };
}

/** The settled witness on all slots but the first, on which the burst begins where its `start` says. */
function* slotSchedule(
  request: WitnessRequest,
  holding: Extract<Holding, { kind: 'cells' }>,
  inFlight: InFlight,
): Generator<StreamStep> {
  const { direction, pageSize, threads, cpus } = request;
  const others = { ...holding, cpus: holding.cpus.subarray(1) };
  if (others.cpus.length > 0) {
    yield* witnessStream(others, direction, pageSize, cpus, threads)?.records() ?? [];
  }
  for (const step of burstSchedule(holding.batch, inFlight, direction)) yield { slot: step };
}

/**
 * @throws NoWitness where the scheme is never off that way, also with updates in flight, or not by a bound;
 *   InputError where machine and scheme do not fit.
 */
export function scheduleOf(request: WitnessRequest, inFlight: InFlight): Schedule {
  const { version, spec, direction, topology, pageSize, cpus, threads } = request;
  const scheme = schemeOf(spec);
  const settled = scheme.worstCase(spec, topology, { cpus, threads }, SINGLE_PAGE_FAULTS);
  const { pages, bound } = attainable(request, settled, inFlight);
  const name = formatScheme(spec);
  if (pages === 0)
    throw new NoWitness(`${name} is never ${direction}, also with updates in flight`);
  if (!isBounded(settled)) throw new NoWitness(`${name} has no bound ${direction}`);
  const holding = scheme.holding(spec, topology, cpus, threads);
  const machine = steppedMachine(holding, request, inFlight);
  const isSlots = holding.kind === 'cells' && holding.isShared;
  function* records(): Generator<StreamStep> {
    if (machine !== null) for (const { step } of machine.worst(direction)) yield step;
    else if (isSlots) yield* slotSchedule(request, holding, inFlight);
    else yield* witnessOf(request).records();
  }
  return {
    header: {
      format: machine === null && !isSlots ? RECORDED_FORMAT : SCHEDULE_FORMAT,
      witness: {
        program: { version },
        scheme: name,
        direction,
        pages,
        bound,
        inFlight,
        topology: topology.name,
        sha256: topologySha256(topology),
        cpus: cpus.length,
        threads,
        pageSize,
      },
    },
    records,
  };
}
