/** Reads the lines of sweeps: shards that belong together, the rows of their points, and a report of them. */

import type * as z from 'zod';
import type { Session } from '../../cli/streams.ts';
import { InputError } from '../../errors.ts';
import { describeColumns, type RowCells, rowMaker } from '../../render/columns.ts';
import { suggestion } from '../../suggestion.ts';
import { combine, type Measured, overallOf, valueOfCell } from './report.ts';
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
