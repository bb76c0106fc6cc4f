/** Errors over many processes, drawn: from the lowest to the highest of each scheme, and where 99 in 100 lie. */
import { formatCount } from '../../render/amounts.ts';
import type { Pictured } from '../../render/formats.ts';
import {
  AMOUNT_FORMAT,
  amountOf,
  amountTitle,
  type Datum,
  pictureOf,
  schemeColours,
} from '../../render/picture.ts';
import { machineCounts } from '../../render/words.ts';
import type { ViewChoices } from '../compare/view.ts';
import type { ProcessesResult } from './result.ts';
import { processWorkloadText, scaleOf } from './view.ts';

export function processesPicture(result: ProcessesResult, choices: ViewChoices): Pictured {
  const { topology, operations, seed, schemes } = result;
  const scale = scaleOf(result, choices.unit);
  const names = schemes.map(({ name }) => name);
  const values = schemes.flatMap(({ name, errors }) =>
    errors.map(({ quantity, [choices.reading]: { under, over, p99 } }): Datum => {
      const amount = (pages: number) => amountOf(pages, scale);
      return {
        ...{ scheme: name, quantity, low: amount(-under.pages), high: amount(over.pages) },
        ...{
          usualLow: -amount(Math.min(p99, under.pages)),
          usualHigh: amount(Math.min(p99, over.pages)),
        },
      };
    }),
  );
  // A member that no process has, as swap here, is 0 throughout.
  const moved = new Set(
    values.filter(({ low, high }) => low !== 0 || high !== 0).map(({ quantity }) => quantity),
  );
  const x = {
    ...{ type: 'quantitative', title: amountTitle('error', scale) },
    axis: { format: AMOUNT_FORMAT, tickCount: 5 },
  };
  const color = {
    ...{ field: 'scheme', type: 'nominal', legend: null },
    scale: schemeColours(names),
  };
  const y = { field: 'scheme', type: 'nominal', title: null, sort: names };
  const picture = pictureOf(
    {
      title: 'How far off the RSS of many processes was',
      subtitle: [
        machineCounts(topology),
        processWorkloadText(result),
        `observed over ${formatCount(operations, 'operation')}, seed ${seed}; thin: lowest to highest; thick: within the 99th percentile of |error|`,
      ],
      description: `Errors of ${names.join(', ')} over many processes`,
    },
    {
      data: { values: values.filter(({ quantity }) => moved.has(quantity)) },
      facet: {
        field: 'quantity',
        type: 'nominal',
        title: null,
        sort: ['rss', 'file', 'anon', 'swap', 'shmem'],
      },
      columns: 3,
      spec: {
        width: 200,
        height: { step: 26 },
        layer: [
          {
            mark: { type: 'rule', strokeWidth: 2 },
            encoding: { y, x: { ...x, field: 'low' }, x2: { field: 'high' }, color },
          },
          {
            mark: { type: 'bar', height: 9 },
            encoding: {
              y,
              x: { ...x, field: 'usualLow' },
              x2: { field: 'usualHigh' },
              color,
            },
          },
        ],
      },
      resolve: { scale: { x: 'independent' } },
    },
  );
  return { picture, schemes: names };
}
