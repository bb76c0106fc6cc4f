/** All bounds of one scheme on one machine. */

import type { SchemeName, SchemeSpec } from '../../kernel/scheme-spec.ts';
import { treeShape } from '../../kernel/tree-shape.ts';
import { seenThroughClamp } from '../../schemes/clamp.ts';
import { inFlightExtra } from '../../schemes/in-flight.ts';
import type { MachineSize } from '../../schemes/machine-size.ts';
import { memoryPerMm } from '../../schemes/memory.ts';
import { formatScheme } from '../../schemes/registry.ts';
import { rssBound } from '../../schemes/rss.ts';
import { statedBoundOf } from '../../schemes/whole-machine.ts';
import type { InFlight, WorstCase } from '../../schemes/worst-case.ts';
import type { Pages } from '../../units.ts';
import type { ExactBound, InFlightBounds, MemberAndRss, Reach, SchemeBounds } from './result.ts';

/** Who can hold pages back: CPUs, the nodes' slots that they count on, threads. */
export interface HolderCounts {
  readonly cpus: number;
  readonly slots: number;
  readonly threads: number;
}

/** A worst case of one member, and who there was to bring it about. */
export interface HeldBack {
  readonly worst: WorstCase;
  readonly holders: HolderCounts;
}

export interface SchemeRequest {
  readonly size: MachineSize;
  readonly threads: number;
  readonly inFlight: InFlight;
  readonly sizePages: Pages | null;
}

/** Each holder's share adds to the worst case, so all of them must have held pages back. */
function reachOf(scheme: SchemeName, { cpus, slots, threads }: HolderCounts): Reach {
  switch (scheme) {
    case 'exact':
      return { count: 0, of: 'CPUs' };
    case 'per-thread':
      return { count: threads, of: 'threads' };
    case 'per-numa':
      return { count: slots, of: 'nodes' };
    case 'per-cpu':
    case 'tree':
      return { count: cpus, of: 'CPUs' };
  }
}

function memberAndRss(scheme: SchemeName, member: WorstCase): MemberAndRss {
  return { member, rss: rssBound(scheme, member) };
}

function exactBound(scheme: SchemeName, { worst, holders }: HeldBack): ExactBound {
  const none = worst.under === 0 && worst.over === 0;
  const reachedBy = reachOf(scheme, holders);
  return {
    ...memberAndRss(scheme, worst),
    reachedBy: none ? { ...reachedBy, count: 0 } : reachedBy,
  };
}

function wider({ under, over }: WorstCase, extra: Pages): WorstCase {
  return { under: under + extra, over: over + extra };
}

function widerBoth({ member, rss }: MemberAndRss, extra: Pages | null): MemberAndRss | null {
  return extra === null ? null : { member: wider(member, extra), rss: wider(rss, extra) };
}

function inFlightBounds(
  spec: SchemeSpec,
  exact: MemberAndRss,
  { size, inFlight }: SchemeRequest,
): InFlightBounds {
  const { running, stalled, burst } = inFlightExtra(spec, size, inFlight);
  return {
    running: widerBoth(exact, running),
    stalled: widerBoth(exact, stalled),
    burst: widerBoth(exact, burst),
  };
}

function seenOf({ member, rss }: MemberAndRss, size: Pages | null): MemberAndRss | null {
  if (size === null) return null;
  return { member: seenThroughClamp(member, size), rss: seenThroughClamp(rss, size) };
}

/** `whole` is for all on-line CPUs, `used` for those of --used. */
export function schemeBounds(
  spec: SchemeSpec,
  request: SchemeRequest,
  whole: HeldBack,
  used: HeldBack | null,
): SchemeBounds {
  const { scheme, ...parameters } = spec;
  const { size, threads, sizePages } = request;
  const { formula, source, ...stated } = statedBoundOf(spec, size, threads);
  const exact = exactBound(scheme, whole);
  return {
    scheme,
    name: formatScheme(spec),
    parameters,
    stated: { ...memberAndRss(scheme, stated), formula, source },
    exact,
    used: used === null ? null : exactBound(scheme, used),
    inFlight: inFlightBounds(spec, exact, request),
    seen: seenOf(exact, sizePages),
    memory: memoryPerMm(spec, size, threads),
    levels: scheme === 'tree' ? treeShape(size.nrCpuIds, spec).nrLevels : null,
  };
}
