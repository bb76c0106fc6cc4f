/** What `topology tree` finds: the levels and items of a counter tree, and the CPUs that share them. */

import type { TreeMapping } from '../../../kernel/tree-shape.ts';
import type { SpecOfScheme } from '../../../schemes/registry.ts';
import type { Pages } from '../../../units.ts';
import type { ComparedTopology } from '../../compare/result.ts';

export const COUNTER_TREE_FORMAT = 'rss-err/counter-tree@1';

export type TreeSpec = SpecOfScheme<'tree'>;

export interface Range {
  readonly min: number;
  readonly max: number;
}

/** Over the on-line CPUs under an item: how many of each kind of part they are in; null: not described. */
export interface Span<T> {
  readonly cores: T | null;
  readonly lastLevelCaches: T | null;
  readonly packages: T | null;
  readonly numaNodes: T | null;
}

export interface CounterItem extends Span<number> {
  readonly item: number;
  /** On-line CPUs whose carries climb through it, a cpulist. */
  readonly cpus: string;
  readonly onlineCpus: number;
  /** Possible CPUs: those that may come on-line too. */
  readonly possibleCpus: number;
}

/** Ranges and spans are over the items in use: those with on-line CPUs. */
export interface CounterLevel {
  /** 1 is next to the CPUs; the last is the approximate sum alone. */
  readonly level: number;
  readonly items: number;
  readonly itemsInUse: number;
  /** How many of the level below share an item: per-CPU counters below level 1. */
  readonly arity: number;
  /** Step of the carry that leaves an item; null for the approximate sum, which none leaves. */
  readonly batchPages: Pages | null;
  readonly onlineCpus: Range;
  readonly span: Span<Range>;
  /** Of the items in use, those whose CPUs are in one part only. */
  readonly within: Span<number>;
  readonly shared: readonly CounterItem[];
}

export interface CounterTree {
  readonly format: typeof COUNTER_TREE_FORMAT;
  readonly program: { readonly version: string };
  readonly topology: ComparedTopology;
  readonly scheme: 'tree';
  readonly name: string;
  readonly parameters: Omit<TreeSpec, 'scheme'>;
  /** log2 of the CPUs that the tree has room for. */
  readonly order: number;
  /** One counter for each possible CPU, and the step of the carry that leaves it; null: none does. */
  readonly perCpu: { readonly counters: number; readonly batchPages: Pages | null };
  /** From the CPUs up; none for a machine of one CPU, whose counter is the sum. */
  readonly levels: readonly CounterLevel[];
  /** The same items under the other mapping: how many stay within one part. */
  readonly otherMapping: {
    readonly mapping: TreeMapping;
    readonly levels: readonly Pick<CounterLevel, 'level' | 'itemsInUse' | 'within'>[];
  };
}
