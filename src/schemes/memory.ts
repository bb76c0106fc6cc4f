/** What a scheme takes in memory for the four counters of one process. */
import {
  ATOMIC_LONG,
  CACHE_LINE,
  MM_PERNUMA_COUNTER,
  MM_RSS_STAT,
  PERCPU_COUNTER,
  PERCPU_COUNTER_LOCAL,
  TASK_RSS_STAT,
  TREE_LAYOUT,
} from '../kernel/counter-layout.ts';
import { NR_MEMBERS } from '../kernel/rss-stat.ts';
import type { SchemeSpec } from '../kernel/scheme-spec.ts';
import { treeShape } from '../kernel/tree-shape.ts';
import type { Bytes } from '../units.ts';
import type { MachineSize } from './machine-size.ts';

/** Bytes asked for, by where they are; the rounding of allocators is not in them. */
export interface MemoryPerMm {
  readonly mmStruct: Bytes;
  /** In the per-CPU areas of all possible CPUs. */
  readonly perCpu: Bytes;
  /** The tree's items above level 0, the approximate sums among them. */
  readonly items: Bytes;
  /** In the task_structs. */
  readonly threads: Bytes;
  readonly total: Bytes;
  /** Which kernel's layout it is. */
  readonly layout: string;
}

type Parts = Partial<Omit<MemoryPerMm, 'total' | 'layout'>>;

function memoryOf(layout: string, parts: Parts): MemoryPerMm {
  const { mmStruct = 0, perCpu = 0, items = 0, threads = 0 } = parts;
  return {
    mmStruct,
    perCpu,
    items,
    threads,
    total: mmStruct + perCpu + items + threads,
    layout,
  };
}

const TREE_SOURCE = 'include/linux/percpu_counter_tree.h, lib/percpu_counter_tree.c';

/** Bytes for all four members on a machine of this size, for a process of so many threads. */
export function memoryPerMm(spec: SchemeSpec, size: MachineSize, threads: number): MemoryPerMm {
  switch (spec.scheme) {
    case 'exact':
      return memoryOf('one atomic_long_t a member (no kernel)', {
        mmStruct: NR_MEMBERS * ATOMIC_LONG,
      });
    case 'per-thread':
      return memoryOf('Linux 6.1, include/linux/mm_types_task.h', {
        mmStruct: MM_RSS_STAT,
        threads: threads * TASK_RSS_STAT,
      });
    case 'per-cpu':
      return memoryOf('Linux 6.2 and later, include/linux/percpu_counter.h', {
        mmStruct: NR_MEMBERS * PERCPU_COUNTER,
        perCpu: NR_MEMBERS * PERCPU_COUNTER_LOCAL * size.possibleCpus,
      });
    case 'per-numa':
      return memoryOf('RFC v2 of 31 March 2025, include/linux/mm_types.h (proposed)', {
        mmStruct: NR_MEMBERS * MM_PERNUMA_COUNTER,
      });
    case 'tree': {
      const { counter, level0 } = TREE_LAYOUT[spec.version];
      const { levelItems } = treeShape(size.nrCpuIds, spec);
      const items = levelItems.reduce((sum, nrItems) => sum + nrItems, 0);
      return memoryOf(`tree series v${spec.version}, ${TREE_SOURCE} (proposed)`, {
        mmStruct: NR_MEMBERS * counter,
        perCpu: NR_MEMBERS * level0 * size.possibleCpus,
        items: NR_MEMBERS * CACHE_LINE * items,
      });
    }
  }
}
