/** Where one worst case is the larger of two, and where they change places. */
import { formatScheme, type SchemeSpec } from '../../schemes/registry.ts';
import type { Pages } from '../../units.ts';
import type { Crossing, Relation, Run } from './result.ts';

export function relationOf(subject: Pages, other: Pages): Relation {
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
