/** One shared counter, updated at every add: the reference row, never wrong. */
import { NR_MEMBERS } from '../kernel/rss-stat.ts';
import type { SchemeSpec } from '../kernel/scheme-spec.ts';
import {
  type ChangePoints,
  pushChange,
  pushChangeRun,
  type UpdateColumns,
} from '../update/columns.ts';
import { FIRST_KIND_WITHOUT_PAGES, KIND } from '../update/kinds.ts';
import type { Counters, Scheme } from './scheme.ts';

export type ExactSpec = Extract<SchemeSpec, { scheme: 'exact' }>;

function createExactCounters(): Counters {
  const total = new Float64Array(NR_MEMBERS);

  function apply(updates: UpdateColumns, changes: ChangePoints): void {
    const { length, pages, kind, member } = updates;
    for (let u = 0; u < length; u++) {
      const delta = pages[u]!;
      if (kind[u]! >= FIRST_KIND_WITHOUT_PAGES || delta === 0) continue;
      const m = member[u]!;
      if (kind[u] === KIND.fault) {
        const count = Math.abs(delta);
        total[m] = pushChangeRun(changes, u, 1, 1, count, m, total[m]!, delta / count);
      } else {
        total[m]! += delta;
        pushChange(changes, u, 1, m, total[m]!);
      }
    }
  }

  return {
    apply,
    wraps: false,
    preciseSum: (member) => total[member]!,
    state: (member) => ({ total: total[member]! }),
  };
}

export const exact: Scheme<ExactSpec> = {
  name: 'exact',
  parameterNames: [],
  parse: () => ({ scheme: 'exact' }),
  format: () => [],
  createCounters: createExactCounters,
};
