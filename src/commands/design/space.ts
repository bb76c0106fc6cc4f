/** The designs that are searched: every scheme as it is, and those of each family with other parameters. */
import { isPowerOfTwo, TREE_MAPPINGS, type TreeMapping } from '../../kernel/tree-shape.ts';
import {
  parseScheme,
  SCHEME_NAMES,
  type SchemeName,
  type SchemeSpec,
} from '../../schemes/registry.ts';
import { lastLevelCaches, type Topology } from '../../topology/topology.ts';
import type { Pages } from '../../units.ts';

export interface Space {
  readonly families: readonly SchemeName[];
  /** Of trees, of CPUs' cells and nodes' slots, and the stash's caps. */
  readonly batches: readonly Pages[];
  /** A middle value's batch, in batches of a cell. */
  readonly middles: readonly number[];
  /** Of a tree, the sum left out. */
  readonly mostLevels: number;
}

export const DEFAULT_SPACE: Space = {
  families: SCHEME_NAMES,
  batches: [8, 16, 32, 64, 128],
  middles: [8, 32, 128],
  // As many as the kernel's table has.
  mostLevels: 5,
};

/** The schemes of these families as they are merged or proposed. */
export function namedDesigns({ families }: Space, topology: Topology): SchemeSpec[] {
  const isCached = families.includes('two-level') && lastLevelCaches(topology).length > 0;
  return [...families, ...(isCached ? ['two-level:group=cache'] : [])].map(parseScheme);
}

/** All that are no trees. */
export function flatDesigns({ families, batches, middles }: Space, topology: Topology) {
  const groups = lastLevelCaches(topology).length > 0 ? ['node', 'cache'] : ['node'];
  // Others have no parameters that make another counter.
  const of: Readonly<Partial<Record<SchemeName, () => string[]>>> = {
    'per-cpu': () => batches.map((batch) => `per-cpu:batch=${batch}`),
    'per-numa': () => batches.map((batch) => `per-numa:batch=${batch}`),
    'two-level': () =>
      groups.flatMap((group) =>
        batches.flatMap((batch) =>
          middles.map((times) => `two-level:batch=${batch},middle=${batch * times},group=${group}`),
        ),
      ),
    stash: () =>
      ['running', 'shared'].flatMap((read) =>
        batches.map((cap) => `stash:read=${read},cap=${cap}`),
      ),
  };
  return families.flatMap((family) => of[family]?.() ?? []).map(parseScheme);
}

/** A tree of these arities, log2 of each from level 0 up. */
export function treeDesign(
  orders: readonly number[],
  batch: Pages,
  mapping: TreeMapping,
): SchemeSpec {
  const arity = orders.map((order) => 2 ** order).join('x');
  return parseScheme(`tree:batch=${batch},arity=${arity},mapping=${mapping}`);
}

/** Each way to number the leaves with each batch: in either there is every composition of the order. */
export function treeKinds({ batches }: Space): { batch: Pages; mapping: TreeMapping }[] {
  return batches
    .filter(isPowerOfTwo)
    .flatMap((batch) => TREE_MAPPINGS.map((mapping) => ({ batch, mapping })));
}

/** Ways to divide an order into at most so many arities. */
export function compositions(order: number, mostLevels: number): number {
  let sum = 0;
  let ways = 1;
  for (let cuts = 0; cuts < Math.min(order, mostLevels); cuts++) {
    sum += ways;
    ways = (ways * (order - 1 - cuts)) / (cuts + 1);
  }
  return sum;
}
