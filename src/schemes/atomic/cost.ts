/** The cost of one shared counter: each add is one atomic update of it. */
import { atomicLongLine, MOST_COUNTER_LINES } from '../../kernel/counter-layout.ts';
import { NR_MEMBERS } from '../../kernel/rss-stat.ts';
import { addsOf, type UpdateColumns } from '../../update/columns.ts';
import { FIRST_KIND_WITHOUT_PAGES } from '../../update/kinds.ts';
import { type CreateCost, createCounts, createLines } from '../cost.ts';

export const createCostCounters: CreateCost<unknown> = (
  _topology,
  _spec,
  distanceOf,
  counts = createCounts(['shared']),
) => {
  const shared = counts.shared[0]!;
  const lines = createLines(MOST_COUNTER_LINES, distanceOf);
  const total = new Float64Array(NR_MEMBERS);

  function apply({ length, cpu, pages, kind, member }: UpdateColumns): void {
    for (let u = 0; u < length; u++) {
      const k = kind[u]!;
      if (k >= FIRST_KIND_WITHOUT_PAGES) continue;
      const m = member[u]!;
      const adds = addsOf(k, pages[u]!);
      total[m]! += pages[u]!;
      shared.atomics += adds;
      lines.touch(atomicLongLine(m), cpu[u]!, adds, shared.transfers);
    }
  }

  const sum = (member: number) => total[member]!;
  return { apply, counts, reading: sum, preciseSum: sum };
};
