/** How bounds grow with the number of CPUs, drawn: what is stated beside what is exact, both axes logarithmic. */
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
import type { WorstCase } from '../../schemes/bound.ts';
import type { BoundResult } from './result.ts';
import { type BoundChoices, ofLargest, scaleOf } from './view.ts';

const larger = ({ under, over }: WorstCase) => Math.max(under, over);

/** Null of one machine: a table says it better. */
export function boundPicture(result: BoundResult, choices: BoundChoices): Pictured | null {
  const { range } = result;
  const schemes = ofLargest(result).map(({ name }) => name);
  if (range === null || result.schemes.length === schemes.length) return null;
  const scale = scaleOf(result, choices);
  const data = result.schemes.flatMap(({ onlineCpus: cpus, name, stated, exact }): Datum[] => [
    { cpus, scheme: name, bound: 'stated', pages: amountOf(larger(stated), scale) },
    { cpus, scheme: name, bound: 'exact', pages: amountOf(larger(exact), scale) },
  ]);
  // An atomic's bound is 0: not drawn, unless it is alone.
  const { values, scale: vertical } = onLogarithm(data, 'pages');
  const title = amountTitle('larger side of the bound of one counter', scale);
  const picture = pictureOf(
    {
      title: 'How far off one counter can be, by the number of CPUs',
      subtitle: ['stated by the authors beside exact (settled); logarithmic axes'],
      description: `Bounds of ${schemes.join(', ')} on machines of ${range.cpus} CPUs`,
    },
    {
      data: { values },
      facet: {
        column: { field: 'bound', type: 'nominal', title: null, sort: ['stated', 'exact'] },
      },
      spec: {
        width: 320,
        height: 320,
        mark: { type: 'line', interpolate: 'linear', strokeWidth: 2 },
        encoding: {
          x: {
            ...{ field: 'cpus', type: 'quantitative', title: 'CPUs' },
            scale: { type: 'log', base: 2, nice: false },
            axis: { format: ',d', tickCount: 8 },
          },
          y: {
            ...{ field: 'pages', type: 'quantitative', title },
            scale: vertical,
            axis: { format: AMOUNT_FORMAT },
          },
          ...schemeEncoding(schemes),
        },
      },
    },
  );
  return { picture, schemes };
}
