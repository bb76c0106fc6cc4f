/** How often the OOM killer is wrong, drawn: shares of the runs with their intervals, by what it reads. */
import { formatCount } from '../../render/amounts.ts';
import type { Pictured } from '../../render/formats.ts';
import { type Datum, INK, pictureOf, schemeColours } from '../../render/picture.ts';
import { machineCounts } from '../../render/words.ts';
import type { ModelResult } from './model-result.ts';
import { populationText } from './model-view.ts';

const SELECTIONS = ['approximate', 'two-pass', 'precise'];

export function modelPicture(result: ModelResult): Pictured {
  const { topology, rows, runs, seed } = result;
  const names = [...new Set(rows.map(({ scheme }) => scheme))];
  const values = rows.map(
    ({ scheme, selection, wrong, wrongShare }): Datum => ({
      ...{ scheme, selection, wrong: (100 * wrong) / runs },
      ...{ low: 100 * wrongShare.low, high: 100 * wrongShare.high },
    }),
  );
  const y = { field: 'scheme', type: 'nominal', title: null, sort: names };
  const x = {
    ...{ type: 'quantitative', title: 'wrong choices, % of the runs' },
    ...{ scale: { domain: [0, 100] }, axis: { tickCount: 5 } },
  };
  const color = {
    ...{ field: 'scheme', type: 'nominal', legend: null },
    scale: schemeColours(names),
  };
  const picture = pictureOf(
    {
      title: 'How often the OOM killer is wrong',
      subtitle: [
        machineCounts(topology),
        populationText(result),
        `observed, ${formatCount(runs, 'run')}, seeds from ${seed}; lines: 95% intervals`,
      ],
      description: `Wrong choices by ${names.join(', ')} and by selection`,
    },
    {
      data: { values },
      facet: { column: { field: 'selection', type: 'nominal', title: null, sort: SELECTIONS } },
      spec: {
        width: 190,
        height: { step: 26 },
        layer: [
          {
            mark: { type: 'bar', height: { band: 0.6 } },
            encoding: { y, x: { ...x, field: 'wrong' }, color },
          },
          {
            mark: { type: 'rule', strokeWidth: 1.5, color: INK },
            encoding: { y, x: { ...x, field: 'low' }, x2: { field: 'high' } },
          },
        ],
      },
    },
  );
  return { picture, schemes: names };
}
