/** A report of the OOM killer, drawn: the figure shown of each task, and the interval that the truth lies in. */
import { chooseUnit, type UnitChoice } from '../../render/amounts.ts';
import type { Pictured } from '../../render/formats.ts';
import {
  AMOUNT_FORMAT,
  amountOf,
  amountTitle,
  type Datum,
  pictureOf,
} from '../../render/picture.ts';
import type { JudgedReport } from './result.ts';

const VERDICT_WORDS = {
  certain: 'certain',
  uncertain: 'could have been another',
  contradicted: 'the rules choose another',
  unjudged: 'cannot be said',
} as const;

/** More tasks than this are no picture; the largest are those that matter. */
const MOST_TASKS = 25;

/** Of whom a task is: the words, and a shape and colour for each. */
const ROLES = ['chosen', 'rival', 'other', 'never'] as const;

const ROLE_COLOURS = ['#D55E00', '#0072B2', '#7F7F7F', '#B8B8B8'];

export function oomPicture(report: JudgedReport, unit: UnitChoice): Pictured {
  const {
    tasks,
    pageSize: { bytes: pageSize },
    scheme,
    sums,
    cpus,
    verdict,
    kernel,
  } = report;
  const shown = tasks.toSorted((a, b) => b.resident.high - a.resident.high).slice(0, MOST_TASKS);
  const largest = Math.max(...shown.map(({ resident }) => resident.high), 1);
  const scale = { unit: chooseUnit(unit, largest, pageSize), pageSize };
  const values = shown.map(
    ({ name, pid, role, rss, resident }): Datum => ({
      ...{ task: `${name} (${pid})`, role, shown: amountOf(rss, scale) },
      ...{ low: amountOf(resident.low, scale), high: amountOf(resident.high, scale) },
    }),
  );
  const y = { field: 'task', type: 'nominal', title: null, sort: values.map(({ task }) => task) };
  const x = {
    ...{ type: 'quantitative', title: amountTitle('resident', scale) },
    axis: { format: AMOUNT_FORMAT },
  };
  const legend = { title: 'task is', symbolSize: 60 };
  const color = {
    ...{ field: 'role', type: 'nominal', legend },
    scale: { domain: [...ROLES], range: ROLE_COLOURS },
  };
  const shape = {
    ...{ field: 'role', type: 'nominal', legend },
    scale: { domain: [...ROLES], range: ['circle', 'diamond', 'square', 'cross'] },
  };
  const left = tasks.length - shown.length;
  const picture = pictureOf(
    {
      title: `Was it the right one? ${VERDICT_WORDS[verdict]}`,
      subtitle: [
        `${kernel.release ?? 'kernel unknown'}: ${scheme}, ${sums} sums, ${cpus.judged} CPUs`,
        `dot: the figure shown; between the strokes: where the truth lies${left > 0 ? `; ${left} smaller tasks left out` : ''}`,
      ],
      description: 'Figures of an OOM report and the intervals of the true sizes',
    },
    {
      width: 520,
      height: { step: 24 },
      data: { values },
      layer: [
        {
          mark: { type: 'bar', height: 7, opacity: 0.5 },
          encoding: { y, x: { ...x, field: 'low' }, x2: { field: 'high' }, color },
        },
        // Where the truth is known it is an interval without a width.
        ...['low', 'high'].map((field) => ({
          mark: { type: 'tick', thickness: 2, size: 15 },
          encoding: { y, x: { ...x, field }, color },
        })),
        {
          mark: { type: 'point', filled: true, size: 60, opacity: 1 },
          encoding: { y, x: { ...x, field: 'shown' }, color, shape },
        },
      ],
    },
  );
  return { picture, schemes: [] };
}
