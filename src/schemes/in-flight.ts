/** What updates in flight add to the settled worst case of each scheme. */
import type { SchemeSpec } from '../kernel/scheme-spec.ts';
import { treeShape } from '../kernel/tree-shape.ts';
import type { Pages } from '../units.ts';
import { type MachineSize, numaBatch } from './machine-size.ts';
import { slotInBurst } from './per-numa/burst.ts';
import { treeRunning, treeStalled } from './tree/in-flight.ts';
import type { InFlight } from './worst-case.ts';

/**
 * Pages that come to either side of the settled worst case, of one member and of RSS alike: the
 * same few updates can be in one member only, and spread over several they add less.
 */
export interface InFlightExtra {
  /** While at most C run, however many have run before; null: there is no bound. */
  readonly running: Pages | null;
  /** With C − 1 of them stalled and all others done; null: there is no bound. */
  readonly stalled: Pages | null;
  /** Where one burst of C differs from what repeated bursts can do: during or after one burst. */
  readonly burst: Pages | null;
}

const NONE: InFlightExtra = { running: 0, stalled: 0, burst: null };

/**
 * Per-CPU and per-thread counts are each changed by their own CPU or thread alone, and an add
 * reaches the count and the shared value in one step: nothing comes to them.
 */
export function inFlightExtra(
  spec: SchemeSpec,
  size: MachineSize,
  inFlight: InFlight,
): InFlightExtra {
  switch (spec.scheme) {
    case 'exact':
    case 'per-thread':
    case 'per-cpu':
      return NONE;
    case 'per-numa': {
      const batch = numaBatch(size, spec);
      const burst = slotInBurst(batch, inFlight) - (batch - 1);
      if (inFlight.updates < 2) return { running: burst, stalled: 0, burst: null };
      return { running: null, stalled: null, burst };
    }
    case 'tree': {
      const shape = treeShape(size.nrCpuIds, spec);
      return {
        running: treeRunning(shape, inFlight),
        stalled: treeStalled(shape, Math.max(inFlight.updates - 1, 0), inFlight.pages),
        burst: null,
      };
    }
  }
}
