/** A comparison drawn: its errors over the operations, and how large they were how often beside the worst cases. */

import type { Scale } from '../../render/amounts.ts';
import type { Pictured } from '../../render/formats.ts';
import {
  AMOUNT_FORMAT,
  amountOf,
  amountTitle,
  type Datum,
  onLogarithm,
  pictureOf,
  schemeEncoding,
} from '../../render/picture.ts';
import { machineCounts, workloadText } from '../../render/words.ts';
import { QUANTILES } from '../../replay/tally.ts';
import type { WithSeries } from './measure.ts';
import type { Comparison, Reading } from './result.ts';
import { scaleOf, type ViewChoices } from './view.ts';

const WIDTH = 640;

/** Bands from the least to the most error of each bucket, and the error at its end as a line. */
function seriesView(
  series: NonNullable<WithSeries['series']>,
  schemes: readonly string[],
  reading: Reading,
  scale: Scale,
): object {
  const values = series.map((record): Datum => {
    const { min, max, last } = record[reading];
    return {
      scheme: record.scheme,
      operation: record.toOperation,
      low: amountOf(min, scale),
      high: amountOf(max, scale),
      error: amountOf(last, scale),
    };
  });
  const x = {
    ...{ field: 'operation', type: 'quantitative', title: 'operations' },
    axis: { format: ',~s', tickCount: 8 },
    scale: { nice: false },
  };
  const title = amountTitle('error (negative: reads low)', scale);
  const axis = { format: AMOUNT_FORMAT };
  const encoding = schemeEncoding(schemes);
  return {
    width: WIDTH,
    height: 280,
    data: { values },
    layer: [
      {
        mark: { type: 'area', opacity: 0.25 },
        encoding: {
          x,
          y: { field: 'low', type: 'quantitative', title, axis },
          y2: { field: 'high' },
          color: encoding.color,
        },
      },
      {
        mark: { type: 'line', strokeWidth: 1.5 },
        encoding: { x, y: { field: 'error', type: 'quantitative', title, axis }, ...encoding },
      },
      {
        data: { values: [{}] },
        mark: { type: 'rule', color: '#57606a' },
        encoding: { y: { datum: 0 } },
      },
    ],
  };
}

/** The magnitude of the error at each share of the operations, and the exact worst case as a rule. */
function distributionView({ schemes }: Comparison, reading: Reading, scale: Scale): object {
  const names = schemes.map(({ name }) => name);
  const curves = schemes.flatMap(({ name, distribution }) =>
    QUANTILES.map(
      (part, index): Datum => ({
        ...{ scheme: name, percent: part / 10_000 },
        error: amountOf(distribution![reading][index]!, scale),
      }),
    ),
  );
  const worst = schemes.flatMap(({ name, exactUsed }): Datum[] =>
    exactUsed === null
      ? []
      : [{ scheme: name, error: amountOf(Math.max(exactUsed.under, exactUsed.over), scale) }],
  );
  const y = {
    ...{ field: 'error', type: 'quantitative', title: amountTitle('|error|', scale) },
    scale: onLogarithm([...curves, ...worst], 'error').scale,
    axis: { format: AMOUNT_FORMAT },
  };
  const isAbove = (datum: Datum) => y.scale.type !== 'log' || Number(datum.error) > 0;
  const encoding = schemeEncoding(names);
  return {
    width: WIDTH,
    height: 280,
    layer: [
      {
        data: { values: curves.filter(isAbove) },
        mark: { type: 'line', strokeWidth: 2 },
        encoding: {
          x: {
            ...{ field: 'percent', type: 'quantitative', title: 'share of the operations, %' },
            scale: { domain: [0, 100] },
          },
          y,
          ...encoding,
        },
      },
      {
        data: { values: worst.filter(isAbove) },
        mark: { type: 'rule', strokeWidth: 1.5, opacity: 0.6 },
        encoding: { y, ...encoding },
      },
    ],
  };
}

export function comparisonPicture(result: Comparison & WithSeries, choices: ViewChoices): Pictured {
  const { topology, workload, operations, seed, series, schemes } = result;
  const names = schemes.map(({ name }) => name);
  const scale = scaleOf(result, choices);
  const distribution = distributionView(result, choices.reading, scale);
  const picture = pictureOf(
    {
      title: 'How far off the reported RSS was',
      subtitle: [
        machineCounts(topology),
        `${workloadText(workload, topology, operations)}, seed ${seed}`,
        `observed, ${choices.reading}; flat lines: exact worst case of one counter, CPUs used; |error| 0 is not drawn`,
        ...(series === undefined
          ? []
          : [
              'upper chart: shaded from the least to the most error of each bucket, the line is its last',
            ]),
      ],
      description: `Observed errors of ${names.join(', ')}`,
    },
    series === undefined
      ? distribution
      : { vconcat: [seriesView(series, names, choices.reading, scale), distribution] },
  );
  return { picture, schemes: names };
}
