/** How mean errors move as a replay goes on: their means over windows of operations. */
import type { Observer } from './observer.ts';

/** A replay whose length is known is looked at in so many windows. */
const WINDOWS = 64;

export interface DriftWindow {
  /** Operations from the start of the replay to the window's end. */
  readonly operations: number;
  /** Mean clamped error within the window, signed pages, in the order of the schemes. */
  readonly means: readonly number[];
}

/** Windows end with a batch; a last, shorter stretch is left out. */
export interface Drift {
  readonly windows: DriftWindow[];
  readonly operationsPerWindow: number;
  /** Sums of the errors up to the last window's end. */
  readonly sums: bigint[];
}

export function createDrift(operations: number | null, schemes: number): Drift {
  const operationsPerWindow =
    operations === null ? Number.POSITIVE_INFINITY : Math.ceil(operations / WINDOWS);
  return { windows: [], operationsPerWindow, sums: new Array(schemes).fill(0n) };
}

/** Closes a window where one has become long enough. */
export function follow(drift: Drift, observers: readonly Observer[], operations: number): void {
  const { windows, sums, operationsPerWindow } = drift;
  const length = operations - (windows.at(-1)?.operations ?? 0);
  if (length < operationsPerWindow) return;
  const means = observers.map(({ both, clampedOnly }, i) => {
    const sum = both.sum + clampedOnly.sum;
    const mean = Number(sum - sums[i]!) / length;
    sums[i] = sum;
    return mean;
  });
  windows.push({ operations, means });
}
