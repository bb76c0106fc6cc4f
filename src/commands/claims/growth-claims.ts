/** Claims about the order in which a worst case grows with the CPUs. */

import type { SchemeSpec } from '../../kernel/scheme-spec.ts';
import { DEFAULT_TREE, treeShape } from '../../kernel/tree-shape.ts';
import { denseMachine } from '../../schemes/machine-size.ts';
import { worstCaseOfDense } from '../../schemes/whole-machine.ts';
import { GROWTH_MODELS, type GrowthModel, growthOf } from '../bound/growth.ts';
import type { Claim, Figure, Verdict } from './claim.ts';

/** From the first tree of three levels to x86's largest configuration. */
const FROM = 8;
const TO = 8192;

const SINGLE_PAGES = { pagesAddedPerFault: 1, pagesTakenPerFault: 0 };

/** O(f) bounds from above: a lower order that fits better lets it hold, as an upper bound. */
function verdictOfOrder(claimed: GrowthModel, best: GrowthModel | 'constant'): Verdict {
  if (best === claimed) return 'holds';
  const isLower =
    best === 'constant' || GROWTH_MODELS.indexOf(best) < GROWTH_MODELS.indexOf(claimed);
  return isLower ? 'holds as an upper bound' : 'does not hold as stated';
}

function growthClaim(
  fields: Pick<Claim, 'id' | 'claim' | 'where'>,
  spec: SchemeSpec,
  claimed: GrowthModel,
): Claim {
  const counts = Int32Array.from({ length: TO - FROM + 1 }, (_, i) => FROM + i);
  const worst = Float64Array.from(
    counts,
    (cpus) => worstCaseOfDense(spec, denseMachine(cpus, 2), 1, SINGLE_PAGES).under,
  );
  const levels =
    spec.scheme === 'tree'
      ? [...new Set([FROM, TO].map((cpus) => treeShape(cpus, spec).nrLevels))]
      : [];
  const { fits, best } = growthOf(spec.scheme, counts, worst, levels);
  const residuals = fits.map(
    ({ model, residual }): Figure => ({ of: `fit of ${model}`, value: residual, unit: 'residual' }),
  );
  return {
    ...fields,
    method: 'bound',
    claimed: null,
    found: [
      ...residuals,
      ...levels.map(
        (value, i): Figure => ({
          of: `tree at ${i === 0 ? FROM : TO} CPUs`,
          value,
          unit: 'levels',
        }),
      ),
    ],
    verdict: verdictOfOrder(claimed, best),
    factor: null,
    seed: null,
    operations: null,
  };
}

export function growthClaims(): Claim[] {
  const range = `${FROM} to ${TO} CPUs`;
  return [
    growthClaim(
      {
        id: 'per-cpu-growth',
        claim: `per-CPU: grows as N^2 (${range})`,
        where: 'tree RFC, cover letters',
      },
      { scheme: 'per-cpu', batch: null },
      'N^2',
    ),
    growthClaim(
      {
        id: 'tree-growth',
        claim: `tree: grows as N log N (${range})`,
        where: 'tree RFC, cover letters',
      },
      { scheme: 'tree', ...DEFAULT_TREE },
      'N log2 N',
    ),
  ];
}
