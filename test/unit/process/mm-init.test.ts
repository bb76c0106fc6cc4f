/** mm_init(): what it allocates under each scheme, and that nothing is left where one fails. */
import { describe, expect, it } from 'vitest';
import { mmAllocations, mmInit } from '../../../src/process/mm.ts';
import { parseScheme } from '../../../src/schemes/registry.ts';

const of = (scheme: string, grouped = true, nrCpuIds = 250) =>
  mmAllocations(parseScheme(scheme), { nrCpuIds, grouped });

describe('mm_init', () => {
  it.each([
    ['per-thread', true, 250, 2],
    ['per-numa', true, 250, 3],
    ['per-cpu', true, 250, 4],
    ['per-cpu', false, 250, 7],
    ['tree', true, 250, 11],
    ['tree', true, 1, 7],
    ['tree:version=17', true, 250, 4],
  ] as const)(
    'of %s (in one: %s) on %i CPUs makes %i allocations',
    (scheme, grouped, cpus, count) => {
      expect(of(scheme, grouped, cpus)).toHaveLength(count);
    },
  );

  it('leaves everything made where nothing fails', () => {
    const allocations = of('tree');
    expect(mmInit(allocations, null)).toEqual({ failed: null, made: allocations });
  });

  // kernel/fork.c 6.2: while (i > 0) percpu_counter_destroy(&mm->rss_stat[--i]), then the rest.
  it('undoes the counters that it had made, the last first, and then what came before them', () => {
    expect(mmInit(of('per-cpu', false), 6)).toEqual({
      failed: 'rss_stat[swap] counters',
      undone: ['rss_stat[anon] counters', 'rss_stat[file] counters', 'cid', 'context', 'pgd'],
    });
  });

  // lib/percpu_counter_tree.c v4: free_percpu(counter->level0) where the items cannot be had.
  it('undoes level 0 of a tree whose items fail', () => {
    expect(mmInit(of('tree'), 5)).toEqual({
      failed: 'rss_stat[file] items',
      undone: ['rss_stat[file] level0', 'cid', 'context', 'pgd'],
    });
  });

  it.each(['per-thread', 'per-cpu', 'per-numa', 'tree'])(
    'of %s leaks nothing, whichever allocation fails',
    (scheme) => {
      const allocations = of(scheme, false);
      allocations.forEach((failed, i) => {
        const init = mmInit(allocations, i + 1);
        expect(init).toEqual({ failed, undone: [...allocations.slice(0, i)].reverse() });
      });
      expect(() => mmInit(allocations, allocations.length + 1)).toThrow(/cannot fail/);
      expect(() => mmInit(allocations, 0)).toThrow(/cannot fail/);
    },
  );
});
