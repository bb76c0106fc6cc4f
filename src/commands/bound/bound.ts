/** How wrong each scheme can get on one machine: stated and exact bounds, in flight, in memory. */

import {
  type Holders,
  type InFlight,
  machineSize,
  SINGLE_PAGE_FAULTS,
} from '../../schemes/bound.ts';
import { type SchemeSpec, schemeOf } from '../../schemes/registry.ts';
import { type CpuIds, formatCpulist } from '../../topology/cpulist.ts';
import type { Topology } from '../../topology/topology.ts';
import type { PageSize, Pages } from '../../units.ts';
import { comparedTopology, describedNodes } from '../compare/compared-topology.ts';
import { crossingsOf } from './crossing.ts';
import type { BoundResult, Crossing } from './result.ts';
import { type HeldBack, schemeBounds } from './scheme-bounds.ts';

export interface BoundRequest {
  readonly version: string;
  readonly pageSize: PageSize;
  readonly threads: number;
  readonly inFlight: InFlight;
  /** The process whose readings are clamped; null: only the raw errors are asked for. */
  readonly sizePages: Pages | null;
  /** Also from which difference on the OOM killer cannot be wrong. */
  readonly oom: boolean;
  readonly schemes: readonly SchemeSpec[];
}

/** What follows from the request alone. */
export function requestedPart({ version, threads, inFlight, sizePages }: BoundRequest) {
  return {
    format: 'rss-err/bound@1',
    program: { version },
    threads,
    kinds: SINGLE_PAGE_FAULTS,
    inFlight,
    sizePages,
  } as const;
}

function heldBack(spec: SchemeSpec, topology: Topology, holders: Holders): HeldBack {
  const scheme = schemeOf(spec);
  return {
    worst: scheme.worstCase(spec, topology, holders, SINGLE_PAGE_FAULTS),
    holders: scheme.heldBy.count(topology, holders),
  };
}

/** Over the first 1, 2, … on-line CPUs, in ascending order. */
function usedCrossings(topology: Topology, { schemes, threads }: BoundRequest): Crossing[] {
  const holders = { cpus: topology.online, threads };
  const counts = topology.online.map((_, i) => i + 1);
  return crossingsOf(schemes, 'used CPUs', counts, (spec) =>
    schemeOf(spec).worstCasePrefixes(spec, topology, holders, SINGLE_PAGE_FAULTS),
  );
}

/**
 * The bounds of one machine, and those of the CPUs `used` of it.
 * @throws InputError where machine and schemes do not fit.
 */
export function boundOfTopology(
  request: BoundRequest,
  topology: Topology,
  used: CpuIds | null,
): BoundResult {
  const { pageSize, threads, inFlight, sizePages, schemes, oom } = request;
  const size = machineSize(topology);
  const schemeRequest = { size, threads, inFlight, sizePages, oom };
  const heldBackBy = (spec: SchemeSpec, cpus: CpuIds) =>
    heldBack(spec, topology, { cpus, threads });
  return {
    ...requestedPart(request),
    topology: comparedTopology(topology, pageSize),
    range: null,
    used: used === null ? null : { cpus: formatCpulist(used), count: used.length },
    rows: [
      {
        cpus: size.onlineCpus,
        nrCpuIds: size.nrCpuIds,
        numaNodes: describedNodes(topology),
        schemes: schemes.map((spec) =>
          schemeBounds(
            spec,
            schemeRequest,
            heldBackBy(spec, topology.online),
            used === null ? null : heldBackBy(spec, used),
          ),
        ),
      },
    ],
    crossings: usedCrossings(topology, request),
    growth: [],
    staircase: [],
  };
}
