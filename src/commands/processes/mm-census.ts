/** How many mms there were, what mm_init() allocated for them, and what check_mm() said at their end. */
import type { SchemeSpec } from '../../kernel/scheme-spec.ts';
import { type CheckedMm, checkMm } from '../../process/check-mm.ts';
import { type Allocation, mmAllocations, mmInit } from '../../process/mm-init.ts';
import type { Topology } from '../../topology/topology.ts';
import type { LiveMm } from './live-mm.ts';

/** Under one scheme. */
interface SchemeCensus {
  readonly allocations: readonly Allocation[];
  /** Allocations that succeeded, those undone where a later one failed, those freed at the end. */
  allocated: number;
  rolledBack: number;
  freed: number;
  /** mms that check_mm() found fault with, and what it first said. */
  bad: number;
  messages: readonly string[];
}

export interface MmCensus {
  readonly schemes: readonly SchemeCensus[];
  /** Calls of mm_init(), and those that failed. */
  inits: number;
  failed: number;
  checked: number;
  inUse: number;
  mostInUse: number;
}

export function createMmCensus(topology: Topology, schemes: readonly SchemeSpec[]): MmCensus {
  const { nrCpuIds } = topology;
  return {
    schemes: schemes.map((spec) => ({
      allocations: mmAllocations(spec, { nrCpuIds, grouped: true }),
      ...{ allocated: 0, rolledBack: 0, freed: 0, bad: 0, messages: [] },
    })),
    ...{ inits: 0, failed: 0, checked: 0, inUse: 0, mostInUse: 0 },
  };
}

/**
 * mm_init() under every scheme. Where `failure` is not null one of its n allocations fails, at place
 * ⌊failure × n / 2^32⌋ + 1. @returns whether there is an mm.
 */
export function noteInit(census: MmCensus, failure: number | null): boolean {
  census.inits += 1;
  for (const scheme of census.schemes) {
    const { length } = scheme.allocations;
    const failAt = failure === null ? null : Math.floor((failure * length) / 2 ** 32) + 1;
    const init = mmInit(scheme.allocations, failAt);
    if (init.failed === null) {
      scheme.allocated += init.made.length;
    } else {
      scheme.allocated += init.undone.length;
      scheme.rolledBack += init.undone.length;
    }
  }
  if (failure !== null) {
    census.failed += 1;
    return false;
  }
  census.inUse += 1;
  census.mostInUse = Math.max(census.mostInUse, census.inUse);
  return true;
}

/** The last user of an mm goes: its counters are checked and freed, under every scheme. */
export function noteDrop(census: MmCensus, { mms }: LiveMm, task: CheckedMm): void {
  census.checked += 1;
  census.inUse -= 1;
  census.schemes.forEach((scheme, i) => {
    scheme.freed += scheme.allocations.length;
    const messages = checkMm(mms[i]!.counters.preciseSum, task);
    if (messages.length === 0) return;
    if (scheme.bad === 0) scheme.messages = messages;
    scheme.bad += 1;
  });
}
