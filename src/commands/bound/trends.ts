/** How worst cases run along counts of CPUs: where two change places, and in which order one grows. */
import { formatScheme, type SchemeSpec } from '../../schemes/registry.ts';
import type { Pages } from '../../units.ts';
import type { Crossing, Fit, Growth, GrowthModel, Relation, Run } from './result.ts';

function relationOf(subject: Pages, other: Pages): Relation {
  if (subject === other) return 'equal';
  return subject > other ? 'above' : 'below';
}

/** The relation of two worst cases along ascending counts, as runs of equal relation. */
export function crossingRuns(
  counts: ArrayLike<number>,
  subject: ArrayLike<Pages>,
  other: ArrayLike<Pages>,
): Run[] {
  const runs: Run[] = [];
  let first = 0;
  for (let i = 0; i < counts.length; i++) {
    const relation = relationOf(subject[i]!, other[i]!);
    const next = i + 1;
    if (next < counts.length && relationOf(subject[next]!, other[next]!) === relation) continue;
    runs.push({ from: counts[first]!, to: counts[i]!, values: next - first, relation });
    first = next;
  }
  return runs;
}

/** Each tree set against the first per-CPU scheme, where there is one: the question of the RFC. */
export function crossingsOf(
  schemes: readonly SchemeSpec[],
  over: Crossing['over'],
  counts: ArrayLike<number>,
  limitsOf: (spec: SchemeSpec) => ArrayLike<Pages>,
): Crossing[] {
  const perCpu = schemes.find(({ scheme }) => scheme === 'per-cpu');
  const trees = schemes.filter(({ scheme }) => scheme === 'tree');
  if (perCpu === undefined || trees.length === 0) return [];
  const limits = limitsOf(perCpu);
  return trees.map((tree) => ({
    subject: formatScheme(tree),
    other: formatScheme(perCpu),
    over,
    runs: crossingRuns(counts, limitsOf(tree), limits),
  }));
}

/** From the slowest. */
export const GROWTH_MODELS: readonly GrowthModel[] = ['N', 'N log2 N', 'N^2'];

const CURVES: Record<GrowthModel, (cpus: number) => number> = {
  N: (cpus) => cpus,
  'N log2 N': (cpus) => cpus * Math.log2(cpus),
  'N^2': (cpus) => cpus * cpus,
};

/** A curve through the origin, by least squares with one coefficient: a = Σ f·y / Σ f². */
export function fitCurve(
  model: GrowthModel,
  cpus: ArrayLike<number>,
  worst: ArrayLike<Pages>,
): Fit {
  const curve = CURVES[model];
  let products = 0;
  let squares = 0;
  let total = 0;
  for (let i = 0; i < cpus.length; i++) {
    const f = curve(cpus[i]!);
    products += f * worst[i]!;
    squares += f * f;
    total += worst[i]! ** 2;
  }
  const coefficient = products / squares;
  let left = 0;
  for (let i = 0; i < cpus.length; i++) left += (worst[i]! - coefficient * curve(cpus[i]!)) ** 2;
  return { model, coefficient, residual: Math.sqrt(left / total) };
}

/** With fewer values a curve of one coefficient says nothing. */
export const LEAST_VALUES = 3;

export function growthOf(
  name: string,
  cpus: ArrayLike<number>,
  worst: ArrayLike<Pages>,
  levels: readonly number[],
): Growth {
  const range = { from: cpus[0]!, to: cpus[cpus.length - 1]!, values: cpus.length };
  const first = worst[0]!;
  if (Array.prototype.every.call(worst, (pages) => pages === first)) {
    return { name, ...range, levels, fits: [], best: 'constant' };
  }
  const fits = GROWTH_MODELS.map((model) => fitCurve(model, cpus, worst));
  const best = fits.reduce((least, fit) => (fit.residual < least.residual ? fit : least));
  return { name, ...range, levels, fits, best: best.model };
}
