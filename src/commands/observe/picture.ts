/** An observation, drawn: the errors over the rounds, or of one round process by process. */
import { lifeName } from '../../recorded/trace/life.ts';
import { chooseUnit, formatCount, type Scale, type UnitChoice } from '../../render/amounts.ts';
import type { Pictured } from '../../render/formats.ts';
import {
  AMOUNT_FORMAT,
  amountOf,
  amountTitle,
  type Datum,
  INK,
  pictureOf,
} from '../../render/picture.ts';
import { machineCounts, printable } from '../../render/words.ts';
import { createLives, errorOf } from './observation.ts';
import type { ObservedLine } from './record.ts';
import type { Interval, ObserveResult, ProcessRow } from './result.ts';

/** One settled reading. */
interface Point {
  readonly process: string;
  readonly seconds: number;
  readonly error: Interval;
}

/** What a picture needs of the rounds beside their summary. */
export interface Trail {
  take(line: ObservedLine): void;
  points(): Point[];
}

const labelOf = ({ pid, life, command }: Pick<ProcessRow, 'pid' | 'life' | 'command'>) =>
  `${lifeName(pid, life)} ${printable(command)}`;

export function createTrail(): Trail {
  const taken: (Omit<Point, 'process'> & { readonly key: string })[] = [];
  /** By number and start: as each was called last, which exec changes. */
  const labels = new Map<string, string>();
  const lifeOf = createLives();
  let seconds = 0;
  return {
    points: () => taken.map(({ key, ...point }) => ({ ...point, process: labels.get(key)! })),
    take(line) {
      if (line.type === 'round') ({ seconds } = line);
      if (line.type !== 'reading') return;
      const life = lifeOf(line);
      const key = lifeName(line.pid, life);
      labels.set(key, labelOf({ ...line, life }));
      const error = line.faulted ? null : errorOf(line);
      if (error !== null) taken.push({ key, seconds, error });
    },
  };
}

/** Of lines that can be told apart, also by colour-blind readers. */
const LINE_COLOURS = [
  ...['#000000', '#E69F00', '#0072B2', '#009E73', '#D55E00'],
  ...['#CC79A7', '#56B4E9', '#8B6508', '#5D3A9B'],
];

const MOST_LINES = LINE_COLOURS.length;

/** Rows that fit a page. */
const MOST_ROWS = 25;

function amounts({ low, high }: Interval, scale: Scale): Datum {
  return { low: amountOf(low, scale), high: amountOf(high, scale) };
}

const errorAxis = (scale: Scale) => ({
  ...{ type: 'quantitative', title: amountTitle('error (negative: reads low)', scale) },
  axis: { format: AMOUNT_FORMAT },
});

function overTime(points: readonly Point[], names: readonly string[], scale: Scale): object {
  const values = points.map(
    (point): Datum => ({
      ...{ process: point.process, seconds: point.seconds },
      ...amounts(point.error, scale),
    }),
  );
  const x = { field: 'seconds', type: 'quantitative', title: 'seconds since the first round' };
  const color = {
    ...{ field: 'process', type: 'nominal', title: 'process' },
    scale: { domain: [...names], range: LINE_COLOURS.slice(0, names.length) },
    legend: { symbolType: 'stroke' },
  };
  const y = { ...errorAxis(scale), field: 'low' };
  const mark = { type: 'line', interpolate: 'step-after', point: { size: 25 }, strokeWidth: 1.5 };
  return {
    ...{ width: 640, height: 280, data: { values } },
    layer: [
      {
        mark: { type: 'area', interpolate: 'step-after', opacity: 0.25 },
        encoding: { x, y, y2: { field: 'high' }, color },
      },
      { mark, encoding: { x, y: { ...y, field: 'high' }, color } },
    ],
  };
}

function ofOneRound(rows: readonly ProcessRow[], scale: Scale): object {
  const values = rows.map(
    (row): Datum => ({ process: labelOf(row), ...amounts(row.error!, scale) }),
  );
  const y = {
    field: 'process',
    type: 'nominal',
    title: null,
    sort: values.map((row) => row.process),
  };
  const x = errorAxis(scale);
  return {
    ...{ width: 520, height: { step: 20 }, data: { values } },
    layer: [
      {
        mark: { type: 'bar', height: 7, color: LINE_COLOURS[2], opacity: 0.5 },
        encoding: { y, x: { ...x, field: 'low' }, x2: { field: 'high' } },
      },
      ...['low', 'high'].map((field) => ({
        mark: { type: 'tick', thickness: 2, size: 13, color: INK },
        encoding: { y, x: { ...x, field } },
      })),
    ],
  };
}

/** Null where no error has been read. */
export function observePicture(
  result: ObserveResult,
  trail: Trail,
  { unit, top }: { readonly unit: UnitChoice; readonly top: number },
): Pictured | null {
  const { topology, processes, rounds, kernel, scheme, precise } = result;
  const { pageSize } = topology;
  const isSeries = rounds > 1;
  const seen = processes.filter(({ error, settled }) => error !== null && (isSeries || settled));
  const shown = seen.slice(0, Math.min(top, isSeries ? MOST_LINES : MOST_ROWS));
  const names = shown.map(labelOf);
  const drawn = isSeries ? trail.points().filter(({ process }) => names.includes(process)) : [];
  const intervals = isSeries ? drawn : shown.map(({ error }) => ({ error: error! }));
  if (intervals.length === 0) return null;
  const most = Math.max(...intervals.map(({ error: { low, high } }) => Math.max(-low, high)));
  const scale = { unit: chooseUnit(unit, most, pageSize), pageSize };
  const left = seen.length - shown.length;
  const picture = pictureOf(
    {
      title: 'How wrong the RSS of running processes is',
      subtitle: [
        machineCounts(topology),
        `kernel ${kernel}: ${scheme} counters against ${precise}; observed, ${formatCount(rounds, 'round')}`,
        `readings without a fault meanwhile, from their lowest to their highest error${left > 0 ? `; ${formatCount(left, 'process', 'processes')} with smaller errors left out` : ''}`,
      ],
      description: `Observed errors of ${names.join(', ')}`,
    },
    isSeries ? overTime(drawn, names, scale) : ofOneRound(shown, scale),
  );
  return { picture, schemes: [] };
}
