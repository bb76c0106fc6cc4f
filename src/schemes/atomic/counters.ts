/** One shared counter, updated at every add: the reference row, never wrong. */
import { NR_MEMBERS } from '../../kernel/rss-stat.ts';
import type { UpdateColumns } from '../../update/columns.ts';
import { FIRST_KIND_WITHOUT_PAGES, KIND } from '../../update/kinds.ts';
import { pushInner, type Readings, setReading } from '../../update/readings.ts';
import type { Counters } from '../scheme.ts';

export function createAtomicCounters(): Counters {
  const total = new Float64Array(NR_MEMBERS);

  function apply(updates: UpdateColumns, readings: Readings): void {
    const { length, pages, kind, member } = updates;
    for (let u = 0; u < length; u++) {
      const m = member[u]!;
      if (kind[u]! < FIRST_KIND_WITHOUT_PAGES) {
        const before = total[m]!;
        const delta = pages[u]!;
        const step = Math.sign(delta);
        total[m] = before + delta;
        if (kind[u] === KIND.fault && delta !== 0) {
          pushInner(readings, u, 1, before + step, Math.abs(delta), step);
        }
      }
      setReading(readings, u, total[m]!);
    }
  }

  return {
    apply,
    wraps: false,
    preciseSum: (member) => total[member]!,
    state: (member) => ({ total: total[member]! }),
  };
}
