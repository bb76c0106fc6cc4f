/** Colours of CPUs by the part of the machine that they are in: NUMA nodes, else packages. */

import { GROUP_COLOURS, rectangle, type Shape } from '../../../render/svg-document.ts';
import { type Block, GAP, lineOfText, row } from '../../../render/svg-layout.ts';
import type { CpuIds } from '../../../topology/cpulist.ts';
import { groupOfCpu, type Topology } from '../../../topology/topology.ts';

export interface CpuGroups {
  readonly what: 'node' | 'package';
  /** Ids, in the order that groupOf counts in. */
  readonly ids: readonly number[];
  readonly groupOf: Int32Array;
}

/** Without nodes and packages no CPU is in a group. */
export function cpuGroups({ nrCpuIds, numaNodes, packages }: Topology): CpuGroups {
  const [what, parts] =
    numaNodes.length > 0 ? (['node', numaNodes] as const) : (['package', packages] as const);
  const used = parts.filter(({ cpus }) => cpus.length > 0);
  return {
    what,
    ids: used.map(({ id }) => id),
    groupOf: groupOfCpu(
      nrCpuIds,
      used.map(({ cpus }) => cpus),
    ),
  };
}

/**
 * So many colours are used. Where they come again, a prime number of them: groups that share an item
 * are often a power of two apart, and would all have the same one.
 */
function coloursFor({ ids }: CpuGroups): number {
  return ids.length <= GROUP_COLOURS ? GROUP_COLOURS : 7;
}

function classOfGroup(groups: CpuGroups, group: number): string {
  return group < 0 ? 'plain' : `group${group % coloursFor(groups)}`;
}

export function groupClass(groups: CpuGroups, cpu: number): string {
  return classOfGroup(groups, groups.groupOf[cpu]!);
}

/** "64", or "64 n16" where colours alone would not tell which node it is. */
export function groupedCpuText({ what, ids, groupOf }: CpuGroups, cpu: number): string {
  const id = ids[groupOf[cpu]!];
  return ids.length <= GROUP_COLOURS || id === undefined ? `${cpu}` : `${cpu} ${what[0]}${id}`;
}

/** A stripe as wide as its share for each group that the CPUs are in; none where they would be too thin. */
export function stripes(
  cpus: CpuIds,
  groups: CpuGroups,
  [left, top]: readonly [number, number],
  [width, height]: readonly [number, number],
): Shape[] {
  const counts = new Map<number, number>();
  for (const cpu of cpus) {
    const group = groups.groupOf[cpu]!;
    counts.set(group, (counts.get(group) ?? 0) + 1);
  }
  if (counts.size * 3 > width) return [];
  let along = left;
  return [...counts]
    .sort(([a], [b]) => a - b)
    .map(([group, count]) => {
      // Tenths of a pixel, so that no drawing depends on how a fraction is printed.
      const share = Math.round((width * count * 10) / cpus.length) / 10;
      const stripe = rectangle([along, top], [share, height], classOfGroup(groups, group));
      along = Math.round((along + share) * 10) / 10;
      return stripe;
    });
}

function swatch(groups: CpuGroups, group: number): Block {
  const size = 12;
  return {
    width: size,
    height: size,
    place: (left, top) => [rectangle([left, top], [size, size], classOfGroup(groups, group))],
  };
}

/** What the colours mean; told where they come again. */
export function legend(groups: CpuGroups): Block {
  const { what, ids } = groups;
  const named = ids.slice(0, coloursFor(groups));
  const entries = named.flatMap((id, group) => [
    swatch(groups, group),
    lineOfText(`${what} ${id}`, 'small'),
  ]);
  const again =
    ids.length > named.length
      ? [lineOfText(`… the colours come again; ${what[0]}16 is ${what} 16`, 'small')]
      : [];
  const unknown =
    ids.length === 0 ? [lineOfText('neither nodes nor packages described', 'small')] : [];
  return row([...entries, ...again, ...unknown], GAP);
}
