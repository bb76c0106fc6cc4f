/** Lines by which a tool says that events are missing. */

/**
 * - perf script --show-lost-events: "… PERF_RECORD_LOST lost 71", "PERF_RECORD_LOST_SAMPLES";
 * - ftrace (kernel/trace/trace.c): "CPU:1 [LOST 12 EVENTS]"; trace-cmd report: "CPU:1 [12 EVENTS
 *   DROPPED]", without a number where it is not known.
 */
const LOST = [
  /PERF_RECORD_LOST(?:_SAMPLES)?\b.*?\blost (\d+)/,
  /^\s*CPU:\d+ \[LOST (\d+) EVENTS\]/,
  /^\s*CPU:\d+ \[(?:(\d+) )?EVENTS DROPPED\]/,
];

/**
 * "##### CPU 2 buffer started ####": an overwritten buffer begins here, so that what this CPU did
 * before is missing; "# entries-in-buffer/entries-written: 621/2203".
 */
const STARTED = /^\s*##### CPU \d+ buffer started ####/;
const WRITTEN = /^# entries-in-buffer\/entries-written: (\d+)\/(\d+)/;

/** Events said to be missing by this line, 0 where it gives no number; null: it says no such thing. */
export function lossOf(line: string): number | null {
  if (STARTED.test(line)) return 0;
  const written = WRITTEN.exec(line);
  if (written !== null) {
    const missing = Number(written[2]) - Number(written[1]);
    return missing > 0 ? missing : null;
  }
  for (const pattern of LOST) {
    const match = pattern.exec(line);
    if (match !== null) return Number(match[1] ?? 0);
  }
  return null;
}
