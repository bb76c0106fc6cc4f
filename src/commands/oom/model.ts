/**
 * How often the OOM killer is wrong: a population of processes counted by a scheme until the memory is
 * full, then a selection by each rule, against the same rule on what is truly there.
 */

import { pagesPerPageTable } from '../../kernel/page-table.ts';
import { IN_RSS, NR_MEMBERS } from '../../kernel/rss-stat.ts';
import type { Counters } from '../../schemes/scheme.ts';
import type { Topology } from '../../topology/topology.ts';
import type { PageSize, Pages } from '../../units.ts';
import { createUpdateColumns } from '../../update/columns.ts';
import { clearReadings, createReadings, enterReadings } from '../../update/readings.ts';
import { generateUpdates } from '../../workload/generate.ts';
import type { Policy } from '../../workload/registry.ts';
import type { Workload } from '../../workload/workload.ts';
import type { Member } from './population.ts';
import type { AccuracyRange, Candidate, Selection } from './selection.ts';

/** How processes map what they hold: the steady pattern, on the CPUs of a policy. */
export interface Behaviour {
  readonly policy: Policy;
  readonly mappingPages: { readonly min: Pages; readonly max: Pages };
  /** Operations of a process: so many times those that fill it, so that it has wandered. */
  readonly turns: number;
}

/** A process at the moment when the memory is full. */
export interface CountedProcess extends Candidate {
  readonly group: string;
  /** Resident pages. */
  readonly pages: Pages;
}

function workloadOf(
  member: Member,
  behaviour: Behaviour,
  topology: Topology,
  seed: number,
): Workload {
  const { policy, mappingPages, turns } = behaviour;
  const mean = (mappingPages.min + mappingPages.max) / 2;
  return {
    policy,
    mappingPages,
    hugePerMillion: 0,
    seed,
    cpus: topology.online,
    threads: member.threads,
    pattern: { name: 'steady', targetPages: member.pages },
    operations: Math.max(1, Math.ceil((turns * member.pages) / mean)),
  };
}

/**
 * Page tables of a process whose pages lie side by side: one for each pageSize / 8 pages, one of the level
 * above and one above that, as mm_pgtables_bytes() counts them; a model, as real processes leave gaps.
 */
export function modelledTables(pages: Pages, pageSize: PageSize): Pages {
  return Math.ceil(pages / pagesPerPageTable(pageSize)) + 2;
}

const positive = (readings: Float64Array) =>
  readings.reduce((sum, pages, m) => sum + IN_RSS[m]! * Math.max(0, pages), 0);

/**
 * Counts a population by several schemes at once: the same updates through each.
 * @returns for each scheme the processes, in the order given.
 */
export async function countPopulation(
  members: readonly Member[],
  behaviour: Behaviour,
  topology: Topology,
  pageSize: PageSize,
  schemes: readonly (() => Counters)[],
  seedOf: (process: number) => number,
  heartbeat: (processes: number) => Promise<void> | undefined,
): Promise<CountedProcess[][]> {
  const columns = createUpdateColumns();
  const readings = createReadings();
  const counted: CountedProcess[][] = schemes.map(() => []);
  for (const [process, member] of members.entries()) {
    const counters = schemes.map((create) => create());
    const seen = counters.map(() => new Float64Array(NR_MEMBERS));
    const source = generateUpdates(
      topology,
      workloadOf(member, behaviour, topology, seedOf(process)),
      pageSize,
    );
    for (;;) {
      await source.fill(columns);
      if (columns.length === 0) break;
      counters.forEach((scheme, i) => {
        clearReadings(readings);
        scheme.apply(columns, readings);
        enterReadings(seen[i]!, columns, readings);
      });
    }
    counters.forEach((scheme, i) => {
      const pages = Array.from({ length: NR_MEMBERS }, (_, m) => IN_RSS[m]! * scheme.preciseSum(m));
      const resident = pages.reduce((sum, value) => sum + value, 0);
      const tables = modelledTables(resident, pageSize);
      counted[i]!.push({
        group: member.group,
        pages: resident,
        approximate: positive(seen[i]!) + tables,
        precise: resident + tables,
      });
    });
    await heartbeat(process + 1);
  }
  return counted;
}

/** What one selection was worth against the best choice. */
export interface Outcome {
  /** Another process truly had more. */
  readonly wrong: boolean;
  readonly tied: boolean;
  /** Resident pages of the best victim beyond those of the one killed. */
  readonly pagesShort: Pages;
  /** Selections until so many pages are free; null: not by killing all. */
  readonly kills: number | null;
  /** Of all these selections. */
  readonly preciseSums: number;
  /** Candidates looked at, in all these selections. */
  readonly looks: number;
}

export type Select = (candidates: readonly CountedProcess[], range: AccuracyRange) => Selection;

/** Kills by one rule until so many pages are free. */
export function killUntilFree(
  processes: readonly CountedProcess[],
  select: Select,
  range: AccuracyRange,
  neededPages: Pages,
): Outcome {
  let alive = [...processes];
  let freed = 0;
  let kills = 0;
  let preciseSums = 0;
  let looks = 0;
  let first: Pick<Outcome, 'wrong' | 'tied' | 'pagesShort'> | null = null;
  while (freed < neededPages && alive.length > 0) {
    const selection = select(alive, range);
    const victim = alive[selection.victim!]!;
    const best = alive.reduce((most, process) =>
      process.precise >= most.precise ? process : most,
    );
    first ??= {
      wrong: victim.precise < best.precise,
      tied: selection.tied,
      pagesShort: best.pages - victim.pages,
    };
    looks += alive.length;
    preciseSums += selection.preciseSums;
    kills += 1;
    freed += victim.pages;
    alive = alive.filter((process) => process !== victim);
  }
  return {
    ...(first ?? { wrong: false, tied: false, pagesShort: 0 }),
    kills: freed >= neededPages ? kills : null,
    preciseSums,
    looks,
  };
}

/**
 * Microseconds of a selection by the published measurement (KVM, 256 CPUs, 10,000 processes: 3.0 ms by
 * approximate sums, 80.0 by precise ones, 7.9 in two passes; cover letter of version 16): what is beyond
 * a look at each process is the sums', four of all CPUs each, and grows with the CPUs. A model.
 */
export function modelledMicroseconds(
  { looks, preciseSums }: Pick<Outcome, 'looks' | 'preciseSums'>,
  passes: 1 | 2,
  cpus: number,
): number {
  const look = 3000 / 10_000;
  const sum = (80_000 - 3000) / 10_000;
  const secondLook = (7900 - 3000 - 16 * sum) / 10_000;
  return looks * (look + (passes === 2 ? secondLook : 0)) + (preciseSums * sum * cpus) / 256;
}
