/** What a watchdog sees, drawn: false alarms, delays and what went unseen, side by side for each reading. */

import type { UnitChoice } from '../../render/amounts.ts';
import { chooseUnit, formatCount, formatPagesAndBytes } from '../../render/amounts.ts';
import type { Pictured } from '../../render/formats.ts';
import {
  AMOUNT_FORMAT,
  amountOf,
  amountTitle,
  barsOf,
  type Datum,
  pictureOf,
} from '../../render/picture.ts';
import { machineCounts, workloadText } from '../../render/words.ts';
import type { WatchdogResult } from './result.ts';
import { nameOf } from './view.ts';

export function watchdogPicture(
  result: WatchdogResult,
  { unit }: { readonly unit: UnitChoice },
): Pictured {
  const { topology, workload, operations, rule, schemes, seed, runs } = result;
  const { pageSize } = topology;
  const most = Math.max(...schemes.map(({ mostUnseen }) => mostUnseen));
  const scale = { unit: chooseUnit(unit, most, pageSize), pageSize };
  const names = schemes.map(nameOf);
  const values = schemes.map((row): Datum => {
    const { mean, halfWidth95 } = row.falseAlarms;
    return {
      scheme: nameOf(row),
      ...{
        alarms: mean,
        low: Math.max(0, mean - (halfWidth95 ?? 0)),
        high: mean + (halfWidth95 ?? 0),
      },
      delay: row.delay?.mean ?? null,
      unseen: amountOf(row.mostUnseen, scale),
    };
  });
  const every = formatCount(rule.every, 'operation');
  const picture = pictureOf(
    {
      title: 'What a budget on the reported RSS is worth',
      subtitle: [
        machineCounts(topology),
        workloadText(workload, topology, operations),
        `acts above ${formatPagesAndBytes(rule.budget, pageSize)}, ${rule.consecutive} in a row, one reading every ${every}; observed, ${formatCount(runs, 'run')}, seed ${seed}`,
      ],
      description: `False alarms, delays and unseen pages of a watchdog on ${names.join(', ')}`,
    },
    {
      data: { values },
      hconcat: [
        barsOf(names, 'alarms', 'false alarms a run, 95% interval', AMOUNT_FORMAT, true),
        barsOf(names, 'delay', 'mean delay, operations', AMOUNT_FORMAT),
        barsOf(names, 'unseen', amountTitle('unseen at most', scale), AMOUNT_FORMAT),
      ],
    },
  );
  return { picture, schemes: names };
}
