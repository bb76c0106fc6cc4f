/** Reads the lines of sweeps: shards that belong together, the rows of their points, and a report of them. */

import type * as z from 'zod';
import type { Session } from '../../cli/streams.ts';
import { InputError } from '../../errors.ts';
import { describeColumns, type RowCells, rowMaker } from '../../render/columns.ts';
import { suggestion } from '../../suggestion.ts';
import { spreadOf } from '../compare/repeat.ts';
import type { Parameters } from './grid.ts';
import type { PointLine, SweepHead, SweepReport } from './result.ts';
import { pointsOfShard } from './run-sweep.ts';
import { differenceOf, readSweep } from './sweep-lines.ts';
import { ROWS } from './swept.ts';

/** A sweep as it is read, from a file or from the run itself. */
export interface Sweep {
  readonly head: SweepHead;
  readonly points: AsyncIterable<PointLine> | Iterable<PointLine>;
}

/**
 * The shards of one sweep as the whole: its points in their order.
 * @throws InputError where a file is of another sweep, a point is there twice, or one is missing.
 */
export async function mergeShards(files: readonly string[], session: Session): Promise<Sweep> {
  const lines = new Map<number, PointLine>();
  let whole: SweepHead | null = null;
  for (const file of files) {
    let isEmpty = true;
    for await (const line of readSweep(file, session)) {
      isEmpty = false;
      if ('head' in line) {
        const head: SweepHead = { ...line.head, shard: null };
        const difference = whole === null ? null : differenceOf(whole, head);
        if (difference !== null) {
          throw new InputError(`of another sweep than ${files[0]}: ${difference}`).within(file);
        }
        whole ??= head;
      } else {
        const { point } = line.point;
        if (lines.has(point)) throw new InputError(`point ${point} is there twice`).within(file);
        lines.set(point, line.point);
      }
    }
    if (isEmpty) throw new InputError('is empty: expected the lines of a sweep').within(file);
  }
  const points = [...lines.values()].sort((a, b) => a.point - b.point);
  return { head: whole!, points };
}

/** The first points of the grid that are not there. */
export function missingOf({ points: count }: SweepHead, there: ReadonlySet<number>): number[] {
  const all = Array.from({ length: count }, (_, index) => index + 1);
  return all.filter((point) => !there.has(point));
}

interface Made {
  readonly rowsOf: ReturnType<typeof rowMaker>;
  /** By column: what it is, and its unit. */
  readonly meanings: ReadonlyMap<string, string>;
}

async function madeOf(load: () => Promise<z.ZodObject>): Promise<Made> {
  const schema = await load();
  const meanings = describeColumns(schema).map(
    ([name = '', unit = '', is = '']) =>
      [name, [is, unit].filter((text) => text !== '').join(', ')] as const,
  );
  return { rowsOf: rowMaker(schema), meanings: new Map(meanings) };
}

/** Makes rows of points, each result by its own format. */
export function createRows() {
  const makers = new Map<string, Made>();
  return async (result: NonNullable<PointLine['result']>) => {
    const format = String(result.format);
    const rows = ROWS[format];
    if (rows === undefined) throw new InputError(`a result of ${format}: expected one of a sweep`);
    const made = makers.get(format) ?? (await madeOf(rows.schema));
    makers.set(format, made);
    return { ...rows, meanings: made.meanings, ...made.rowsOf(result) };
  };
}

interface Wanted {
  readonly figure: string | undefined;
  readonly against: string | undefined;
}

function measuredOf(
  { parameters }: PointLine,
  cells: RowCells,
  keys: readonly string[],
  value: number,
): Measured {
  const { seed, ...others } = parameters;
  const own = Object.fromEntries(keys.map((key) => [key, String(cells[key])]));
  return {
    parameters: others,
    keys: own,
    seed: seed ?? String(cells.seed),
    scheme: String(cells.scheme),
    value,
  };
}

function figuresOf(records: readonly RowCells[]): string[] {
  const names = records.flatMap((cells) =>
    Object.keys(cells).filter((name) => valueOfCell(cells, name) !== null),
  );
  return [...new Set(names)];
}

/** Looks at the first result that there is. @throws InputError where its rows have no such column. */
export function createFigureCheck(figure: string | undefined) {
  const rowsOf = createRows();
  let isSeen = figure === undefined;
  return async ({ result }: PointLine): Promise<void> => {
    if (isSeen || result === null) return;
    isSeen = true;
    const { names, records } = await rowsOf(result);
    if (names.includes(figure!)) return;
    throw new InputError(
      `--figure ${figure}: no row has this column here: ${suggestion(figure!, figuresOf(records))}`,
    );
  };
}

/** Options whose values all points have. */
function constantsOf({ options }: SweepHead, axes: readonly string[]): SweepReport['constant'] {
  const entries = Object.entries(options).filter(([name]) => !axes.includes(name));
  return Object.fromEntries(entries.map(([name, values]) => [name, [...values]]));
}

/** @throws InputError where no row has the figure or the scheme. */
export async function reportOf(
  { head, points }: Sweep,
  { figure: wanted, against }: Wanted,
): Promise<SweepReport> {
  const rowsOf = createRows();
  const measured: Measured[] = [];
  let figure = wanted;
  let figures: string[] = [];
  let meaning = '';
  let axes: readonly string[] | null = null;
  let read = 0;
  let refused = 0;
  for await (const point of points) {
    read += 1;
    axes ??= Object.keys(point.parameters);
    if (point.result === null) refused += 1;
    else {
      const rows = await rowsOf(point.result);
      figure ??= rows.figure;
      meaning ||= rows.meanings.get(figure) ?? '';
      if (figures.length === 0) figures = figuresOf(rows.records);
      for (const cells of rows.records) {
        const value = valueOfCell(cells, figure);
        if (value !== null) measured.push(measuredOf(point, cells, rows.keys, value));
      }
    }
  }
  if (figure === undefined) throw new InputError('no point has a result: nothing to report');
  if (measured.length === 0) {
    throw new InputError(
      `--figure ${figure}: no row has a number there: ${suggestion(figure, figures)}`,
    );
  }
  const names = [...new Set(measured.map(({ scheme }) => scheme))];
  const other = against ?? names[0]!;
  if (!names.includes(other)) {
    throw new InputError(`--against ${other}: ${suggestion(other, names)}`);
  }
  const combinations = combine(measured, other);

  const expected = pointsOfShard(head.points, head.shard);
  return {
    format: 'rss-err/sweep-report@1',
    ...{ program: head.program, command: head.command, constant: constantsOf(head, axes ?? []) },
    ...{ figure, meaning, against: other },
    ...{ points: read, refused, missing: expected - read },
    overall: overallOf(combinations),
    combinations: [...combinations],
  };
}

/** One scheme's figure at one point. */
export interface Measured {
  /** What tells the point from others, the seed apart. */
  readonly parameters: Parameters;
  /** What tells rows of one scheme apart. */
  readonly keys: Readonly<Record<string, string>>;
  readonly seed: string;
  readonly scheme: string;
  readonly value: number;
}

/** The figure in a row; null where the cell is empty. */
function valueOfCell(cells: RowCells, figure: string): number | null {
  const value = cells[figure];
  return typeof value === 'number' ? value : null;
}

/** Halvings at once, by far within what a double holds. */
const STEP = 500;

/**
 * Two-sided p of the sign test: how likely as uneven a split of `lower` and `higher` is where each is
 * as likely as the other; null where there is no difference to judge. Exact, by the binomial
 * coefficients over 2^n.
 */
export function signTest(lower: number, higher: number): number | null {
  const n = lower + higher;
  if (n === 0) return null;
  let [term, tail, halvings] = [1, 0, n];
  for (let k = 0; k <= Math.min(lower, higher); k += 1) {
    tail += term;
    term = (term * (n - k)) / (k + 1);
    // 2^-n is no double from n = 1,075 on: halved on the way, which is exact.
    if (tail > 2 ** STEP) {
      [term, tail, halvings] = [term / 2 ** STEP, tail / 2 ** STEP, halvings - STEP];
    }
  }
  for (; halvings > STEP; halvings -= STEP) tail /= 2 ** STEP;
  return Math.min(1, 2 * tail * 0.5 ** halvings);
}

/** Mean, interval and extremes, of one value or more. */
function spread(values: readonly number[]) {
  if (values.length > 1) return spreadOf(values);
  const [value = 0] = values;
  return { mean: value, halfWidth95: null, min: value, max: value };
}

type Paired = NonNullable<SweepReport['combinations'][number]['schemes'][number]['paired']>;

/** The scheme's values less the other's, seed by seed: both saw the same stream. */
function pairedOf(own: Map<string, number>, other: Map<string, number>): Paired | null {
  const differences = [...own].flatMap(([seed, value]) => {
    const against = other.get(seed);
    return against === undefined ? [] : [value - against];
  });
  if (differences.length === 0) return null;
  const { mean, halfWidth95 } = spread(differences);
  const lower = differences.filter((difference) => difference < 0).length;
  const higher = differences.filter((difference) => difference > 0).length;
  const equal = differences.length - lower - higher;
  return { mean, halfWidth95, lower, higher, equal, p: signTest(lower, higher) };
}

type Combination = SweepReport['combinations'][number];

/** The scheme with the lowest mean, and whether the next one is higher at every seed or beyond chance. */
function bestOf(schemes: ReadonlyMap<string, Map<string, number>>): Combination['best'] {
  const means = Array.from(schemes, ([scheme, values]) => ({
    scheme,
    values,
    mean: spread([...values.values()]).mean,
  })).sort((a, b) => a.mean - b.mean);
  const [first, second] = means;
  if (first === undefined || second === undefined) return null;
  if (first.mean === second.mean) return { scheme: null, decided: false };
  const paired = pairedOf(first.values, second.values);
  const decided = paired?.halfWidth95 != null && paired.mean + paired.halfWidth95 < 0;
  return { scheme: first.scheme, decided };
}

function combinationOf(rows: readonly Measured[], against: string): Combination {
  const schemes = new Map<string, Map<string, number>>();
  for (const { scheme, seed, value } of rows) {
    schemes.set(scheme, (schemes.get(scheme) ?? new Map<string, number>()).set(seed, value));
  }
  const { parameters, keys } = rows[0]!;
  const other = schemes.get(against);
  return {
    parameters,
    keys,
    best: bestOf(schemes),
    schemes: Array.from(schemes, ([name, values]) => ({
      name,
      seeds: values.size,
      ...spread([...values.values()]),
      paired: other === undefined || name === against ? null : pairedOf(values, other),
    })),
  };
}

/** The combinations in the order in which they come first, each scheme in that of its rows. */
export function combine(rows: readonly Measured[], against: string): readonly Combination[] {
  const groups = new Map<string, Measured[]>();
  for (const row of rows) {
    const key = JSON.stringify([row.parameters, row.keys]);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [row]);
    else group.push(row);
  }
  return Array.from(groups.values(), (group) => combinationOf(group, against));
}

/** Each scheme against the other over all pairs. */
export function overallOf(combinations: readonly Combination[]): SweepReport['overall'] {
  const totals = new Map<string, { lower: number; higher: number; equal: number; best: number }>();
  for (const { schemes, best } of combinations) {
    for (const { name, paired } of schemes) {
      const total = totals.get(name) ?? { lower: 0, higher: 0, equal: 0, best: 0 };
      totals.set(name, {
        lower: total.lower + (paired?.lower ?? 0),
        higher: total.higher + (paired?.higher ?? 0),
        equal: total.equal + (paired?.equal ?? 0),
        best: total.best + Number(best?.scheme === name),
      });
    }
  }
  return Array.from(totals, ([name, { best, ...paired }]) => ({
    ...{ name, best, ...paired },
    p: signTest(paired.lower, paired.higher),
  }));
}
