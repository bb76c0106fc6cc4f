/**
 * Populations of processes that fill a machine's memory: how many of which sizes, in which order of
 * creation, on how many threads. Sizes are shares of the memory, so that a population fits any machine.
 */

import type { Pages } from '../../units.ts';
import { below, type RandomState } from '../../workload/contract/random.ts';

/** Where in the list of processes: before, amid or behind the others. */
export const AGES = ['oldest', 'mixed', 'youngest'] as const;

export type Age = (typeof AGES)[number];

/** Alike processes of a population. */
interface Group {
  readonly name: string;
  /** How many; null: all that are asked for and stand in no other group. */
  readonly count: number | null;
  /** Resident pages of all of them together, in a thousand of the memory. */
  readonly shareOfMemory: number;
  /** Sizes differ: uniform from 1 − so much to 1 + so much of their mean, in percent. */
  readonly spreadPercent: number;
  readonly threads: number;
  readonly age: Age;
}

interface Population {
  readonly description: string;
  /** Processes where nobody says how many. */
  readonly processes: number;
  readonly groups: readonly Group[];
}

export const POPULATION_NAMES = [
  'service-beside-workers',
  'small-container',
  'leak',
  'fork-bomb',
] as const;

export type PopulationName = (typeof POPULATION_NAMES)[number];

export const POPULATIONS: Readonly<Record<PopulationName, Population>> = {
  'service-beside-workers': {
    description: 'a service of five threads, the oldest, beside equal workers',
    processes: 65,
    groups: [
      { name: 'service', count: 1, shareOfMemory: 30, spreadPercent: 0, threads: 5, age: 'oldest' },
      {
        name: 'worker',
        count: null,
        shareOfMemory: 970,
        spreadPercent: 2,
        threads: 1,
        age: 'youngest',
      },
    ],
  },
  'small-container': {
    description: 'a container full of small processes and one twice as large as any of them',
    processes: 200,
    groups: [
      { name: 'large', count: 1, shareOfMemory: 15, spreadPercent: 0, threads: 1, age: 'mixed' },
      {
        name: 'small',
        count: null,
        shareOfMemory: 985,
        spreadPercent: 50,
        threads: 1,
        age: 'mixed',
      },
    ],
  },
  leak: {
    description: 'a service that leaks among steady ones of nearly its size',
    processes: 32,
    groups: [
      { name: 'leaking', count: 1, shareOfMemory: 36, spreadPercent: 0, threads: 5, age: 'mixed' },
      {
        name: 'steady',
        count: null,
        shareOfMemory: 964,
        spreadPercent: 5,
        threads: 5,
        age: 'mixed',
      },
    ],
  },
  'fork-bomb': {
    description: 'a database, the oldest, and the children of a fork bomb',
    processes: 1001,
    groups: [
      {
        name: 'database',
        count: 1,
        shareOfMemory: 400,
        spreadPercent: 0,
        threads: 16,
        age: 'oldest',
      },
      {
        name: 'child',
        count: null,
        shareOfMemory: 600,
        spreadPercent: 5,
        threads: 1,
        age: 'youngest',
      },
    ],
  },
};

/** A process of a population, in order of creation. */
export interface Member {
  readonly group: string;
  readonly pages: Pages;
  readonly threads: number;
}

/** The population with so many threads in each process, and the one that stands out so old; null: as it is. */
export function changed(
  population: Population,
  threads: number | null,
  age: Age | null,
): Population {
  const groups = population.groups.map((group) => ({
    ...group,
    threads: threads ?? group.threads,
    // The others stay in the middle, so that it is before or behind them.
    age: age === null ? group.age : group.count === null ? ('mixed' as const) : age,
  }));
  return { ...population, groups };
}

/** Takes an order by chance (Fisher and Yates). */
function shuffled<T>(values: readonly T[], random: RandomState): T[] {
  const order = [...values];
  for (let i = order.length - 1; i > 0; i--) {
    const j = below(random, i + 1);
    [order[i], order[j]] = [order[j]!, order[i]!];
  }
  return order;
}

/**
 * The processes of a population, as many as asked for, in order of creation. Draws: each one's size, then
 * the order of those of mixed age.
 */
export function populate(
  { groups }: Population,
  processes: number,
  memoryPages: Pages,
  random: RandomState,
): Member[] {
  const counted = groups.reduce((sum, { count }) => sum + (count ?? 0), 0);
  const all = groups.map((group) => {
    const count = group.count ?? Math.max(0, processes - counted);
    const mean = (memoryPages * group.shareOfMemory) / 1000 / Math.max(1, count);
    const spread = Math.floor((mean * group.spreadPercent) / 100);
    const members = Array.from({ length: count }, (): Member => {
      const pages = Math.floor(mean) - spread + (spread === 0 ? 0 : below(random, 2 * spread + 1));
      return { group: group.name, pages: Math.max(1, pages), threads: group.threads };
    });
    return { age: group.age, members };
  });
  return AGES.flatMap((age) => {
    const members = all.filter((group) => group.age === age).flatMap((group) => group.members);
    return age === 'mixed' ? shuffled(members, random) : members;
  });
}
