/** The order in which a worst case grows with the CPUs: three curves through the origin, fitted. */
import type { Pages } from '../../units.ts';
import type { Fit, Growth, GrowthModel } from './result.ts';

export const GROWTH_MODELS: readonly GrowthModel[] = ['N', 'N log2 N', 'N^2'];

const CURVES: Record<GrowthModel, (cpus: number) => number> = {
  N: (cpus) => cpus,
  'N log2 N': (cpus) => cpus * Math.log2(cpus),
  'N^2': (cpus) => cpus * cpus,
};

/** Least squares with one coefficient: a = Σ f·y / Σ f². */
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
