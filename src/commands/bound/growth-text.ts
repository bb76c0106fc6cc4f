/** The orders of growth as a table and as sentences. */

import { formatNumber } from '../../render/amounts.ts';
import type { TextTable } from '../../render/view.ts';
import { listed } from '../compare/findings-text.ts';
import { type Fit, GROWTH_MODELS, type Growth, type GrowthModel } from './growth.ts';

const CURVES: Record<GrowthModel | 'constant', string> = {
  constant: 'constant',
  N: 'a*N',
  'N log2 N': 'a*N*log2(N)',
  'N^2': 'a*N^2',
};

/** Three significant digits, whole numbers from 100 on. */
function formatCoefficient(value: number): string {
  return value >= 100 ? formatNumber(value) : Number(value.toPrecision(3)).toString();
}

/** A share as a percentage of two significant digits. */
function formatResidual(residual: number): string {
  const percent = 100 * residual;
  return `${percent < 0.01 ? '<0.01' : Number(percent.toPrecision(2)).toString()}%`;
}

function fitText(fits: readonly Fit[], model: GrowthModel): string {
  const fit = fits.find((candidate) => candidate.model === model);
  return fit === undefined ? '-' : formatResidual(fit.residual);
}

function bestText({ best, fits }: Growth): string {
  const fit = fits.find(({ model }) => model === best);
  return fit === undefined
    ? CURVES[best]
    : `${CURVES[best]}, a = ${formatCoefficient(fit.coefficient)}`;
}

function rangeText({ from, to }: Growth): string {
  return `N = ${formatNumber(from)} to ${formatNumber(to)}`;
}

/** What each curve leaves at its best a: the root of Σ (y − a·f)² / Σ y². */
export function growthTables(growth: readonly Growth[]): TextTable[] {
  const [first] = growth;
  if (first === undefined) return [];
  return [
    {
      title: `Growth of the exact worst case over ${rangeText(first)}: residuals`,
      columns: [
        { head: 'scheme', align: 'left' },
        ...GROWTH_MODELS.map((model) => ({ head: CURVES[model], align: 'right' as const })),
        { head: 'best', align: 'left' },
      ],
      rows: growth.map((row) => [
        row.name,
        ...GROWTH_MODELS.map((model) => fitText(row.fits, model)),
        bestText(row),
      ]),
    },
  ];
}

/** The level counts that a tree's verdict rests on. */
export function levelsText(growth: readonly Growth[]): string[] {
  return growth.flatMap((row) => {
    const { name, levels } = row;
    if (levels.length === 0) return [];
    const noun = levels.length === 1 && levels[0] === 1 ? 'level' : 'levels';
    return [
      `Over ${rangeText(row)} ${name} has ${listed(levels.map(String))} ${noun}: over another range another curve can fit best.`,
    ];
  });
}
