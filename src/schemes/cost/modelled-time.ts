/** Counts times latencies: a model of one update after the other, never a measurement. */
import type { CostCounts } from './cost-counters.ts';
import { DISTANCES } from './distance.ts';
import type { LatencyTable } from './latency-table.ts';
import type { Travel } from './lines.ts';

function travelTime(travel: Travel, { from }: LatencyTable): number {
  return DISTANCES.reduce((sum, distance, place) => sum + travel[place]! * from[distance], 0);
}

/**
 * Nanoseconds of all updates: Σ touches × what their sort takes on a line that is here, and Σ lines
 * brought × what it takes from where they were. Nothing overlaps and no one waits.
 */
export function modelledTime({ own, shared }: CostCounts, latency: LatencyTable): number {
  const ownTime = own.plain * latency.plain + travelTime(own.travel, latency);
  return shared.reduce(
    (sum, { atomics, locks, travel }) =>
      sum + atomics * latency.atomic + locks * latency.locked + travelTime(travel, latency),
    ownTime,
  );
}
