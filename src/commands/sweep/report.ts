/** What the points of a sweep say together: figures over seeds, schemes against each other on the same streams. */
import type { RowCells } from '../../render/columns.ts';
import { spreadOf } from '../compare/repeat.ts';
import type { Parameters } from './grid.ts';
import type { SweepReport } from './result.ts';

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
export function valueOfCell(cells: RowCells, figure: string): number | null {
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
