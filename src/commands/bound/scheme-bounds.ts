/** All bounds of one scheme on one machine. */

import { NR_MEMBERS } from '../../kernel/rss-stat.ts';
import {
  type InFlight,
  type MachineSize,
  safeDifference,
  seenThroughClamp,
  type WorstCase,
} from '../../schemes/bound.ts';
import {
  formatScheme,
  rssBound,
  type SchemeName,
  type SchemeSpec,
  schemeNamed,
  schemeOf,
} from '../../schemes/registry.ts';
import type { Pages } from '../../units.ts';
import type { ExactBound, InFlightBounds, MemberAndRss, SchemeBounds } from './result.ts';

/** A worst case of one member, and who there was to bring it about. */
export interface HeldBack {
  readonly worst: WorstCase;
  /** CPUs, nodes or threads: as many as can hold pages back. */
  readonly holders: number;
}

export interface SchemeRequest {
  readonly size: MachineSize;
  readonly threads: number;
  readonly inFlight: InFlight;
  readonly sizePages: Pages | null;
  /** Also from which difference on the OOM killer cannot be wrong. */
  readonly oom: boolean;
}

function memberAndRss(scheme: SchemeName, member: WorstCase): MemberAndRss {
  return { member, rss: rssBound(scheme, member) };
}

function exactBound(scheme: SchemeName, { worst, holders }: HeldBack): ExactBound {
  const none = worst.under === 0 && worst.over === 0;
  return {
    ...memberAndRss(scheme, worst),
    reachedBy: { count: none ? 0 : holders, of: schemeNamed(scheme).heldBy.of },
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
  const { running, stalled, burst } = schemeOf(spec).inFlightExtra(spec, size, inFlight);
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

/** The OOM killer adds up the resident members and the swap entries, each clamped at 0. */
function oomDifferences(scheme: SchemeName, { member, rss }: MemberAndRss) {
  return {
    member: safeDifference(member),
    rss: safeDifference(rss),
    rssAndSwap: safeDifference(rssBound(scheme, member, NR_MEMBERS)),
  };
}

/** `whole` is for all on-line CPUs, `used` for those of --used. */
export function schemeBounds(
  spec: SchemeSpec,
  request: SchemeRequest,
  whole: HeldBack,
  used: HeldBack | null,
): SchemeBounds {
  const { scheme, ...parameters } = spec;
  const { size, threads, sizePages, oom } = request;
  const facts = schemeOf(spec);
  const { formula, source, ...stated } = facts.statedBound(spec, size, threads);
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
    memory: facts.memory(spec, size, threads),
    levels: facts.levels(spec, size.nrCpuIds),
    ...(oom ? { oom: oomDifferences(scheme, exact) } : {}),
  };
}
