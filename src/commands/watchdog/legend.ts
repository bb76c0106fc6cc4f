/** Words of what a watchdog sees, for the help. */
import { legendLines } from '../../render/legend.ts';

export function watchdogLegend(): readonly string[] {
  return legendLines([
    ['reads', 'whose readings; precise sum: a watchdog that reads the truth'],
    [
      'false alarms',
      'alarms while no more than the budget is resident; false alarms/run: the mean of the runs',
    ],
    ['seen, missed', 'overruns with an alarm before they ended, and without one'],
    [
      'delay',
      'operations after the alarm of a watchdog that reads the truth, mean; longest: the most',
    ],
    ['unseen', 'the most that was resident beyond the budget before the alarm'],
  ]);
}
