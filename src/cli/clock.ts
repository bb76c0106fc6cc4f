/** The clock: seconds that pass, and what time it is. */

/** Seconds since some moment, to differ from each other. */
export function secondsNow(): number {
  return performance.now() / 1000;
}

/** The time of day as ISO 8601 has it, UTC. */
export function timeOfDay(): string {
  return new Date().toISOString();
}
