/**
 * How often the OOM killer is wrong: a population of processes counted by a scheme until the memory is
 * full, then a selection by each rule, against the same rule on what is truly there.
 */

import { pagesPerPageTable } from '../../kernel/page-table.ts';
import { IN_RSS, NR_MEMBERS } from '../../kernel/rss-stat.ts';
import type { Heartbeat } from '../../replay/replay.ts';
import type { Counters } from '../../schemes/scheme.ts';
import type { CpuIds } from '../../topology/cpulist.ts';
import type { Topology } from '../../topology/topology.ts';
import type { PageSize, Pages } from '../../units.ts';
import { createUpdateColumns, type UpdateSource } from '../../update/columns.ts';
import { clearReadings, createReadings, enterReadings } from '../../update/readings.ts';
import { generateUpdates } from '../../workload/generate.ts';
import type { Policy } from '../../workload/registry.ts';
import type { Workload } from '../../workload/workload.ts';
import type { Member } from './population.ts';
import { type Candidate, MOST_PRECISE_SUMS, type Selection, selectPrecise } from './selection.ts';

/** How processes map what they hold: the steady pattern, on the CPUs of a policy. */
export interface Behaviour {
  readonly policy: Policy;
  /** That threads run on. */
  readonly cpus: CpuIds;
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

function workloadOf(member: Member, behaviour: Behaviour, seed: number): Workload {
  const { policy, cpus, mappingPages, turns } = behaviour;
  const mean = (mappingPages.min + mappingPages.max) / 2;
  return {
    policy,
    mappingPages,
    hugePerMillion: 0,
    seed,
    cpus,
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
 * Counts one process by several schemes at once: the same updates through each.
 * @returns for each scheme what the killer finds of it.
 */
export async function countProcess(
  group: string,
  source: UpdateSource,
  pageSize: PageSize,
  counters: readonly Counters[],
): Promise<CountedProcess[]> {
  const columns = createUpdateColumns();
  const readings = createReadings();
  const seen = counters.map(() => new Float64Array(NR_MEMBERS));
  for (;;) {
    await source.fill(columns);
    if (columns.length === 0) break;
    counters.forEach((scheme, i) => {
      clearReadings(readings);
      scheme.apply(columns, readings);
      enterReadings(seen[i]!, columns, readings);
    });
  }
  return counters.map((scheme, i) => {
    const pages = IN_RSS.reduce<number>((sum, isIn, m) => sum + isIn * scheme.preciseSum(m), 0);
    const tables = modelledTables(pages, pageSize);
    const approximate = positive(seen[i]!) + tables;
    return { group, pages, approximate, precise: pages + tables };
  });
}

/** Counts a population. @returns for each scheme the processes, in the order given. */
export async function countPopulation(
  members: readonly Member[],
  behaviour: Behaviour,
  topology: Topology,
  pageSize: PageSize,
  schemes: readonly (() => Counters)[],
  seedOf: (process: number) => number,
  heartbeat: Heartbeat,
): Promise<CountedProcess[][]> {
  const counted: CountedProcess[][] = schemes.map(() => []);
  for (const [process, member] of members.entries()) {
    const workload = workloadOf(member, behaviour, seedOf(process));
    const source = generateUpdates(topology, workload, pageSize);
    const counters = schemes.map((create) => create());
    const found = await countProcess(member.group, source, pageSize, counters);
    found.forEach((one, i) => void counted[i]!.push(one));
    await heartbeat(process + 1);
  }
  return counted;
}

/** What a selection was worth against the best choice. */
export interface Outcome {
  /** Another process truly had more. */
  readonly wrong: boolean;
  readonly tied: boolean;
  /** Resident pages of the best victim beyond those of the one killed. */
  readonly pagesShort: Pages;
  /** Selections until so many pages are free; null: not by killing all. */
  readonly kills: number | null;
  /** Of the first selection. */
  readonly preciseSums: number;
}

export type Select = (candidates: readonly CountedProcess[]) => Selection;

/** Kills by one rule until so many pages are free. */
export function killUntilFree(
  processes: readonly CountedProcess[],
  select: Select,
  neededPages: Pages,
): Outcome {
  const first = select(processes);
  const best = processes[selectPrecise(processes).victim!]!;
  const victim = processes[first.victim!]!;
  let alive = [...processes];
  let freed = 0;
  let kills = 0;
  while (freed < neededPages && alive.length > 0) {
    const killed = alive[kills === 0 ? first.victim! : select(alive).victim!]!;
    kills += 1;
    freed += killed.pages;
    alive = alive.filter((process) => process !== killed);
  }
  return {
    wrong: victim.precise < best.precise,
    tied: first.tied,
    pagesShort: best.pages - victim.pages,
    kills: freed >= neededPages ? kills : null,
    preciseSums: first.preciseSums,
  };
}

/** Milliseconds of a selection among 10,000 processes on 256 CPUs (KVM; cover letter of version 16). */
export const PUBLISHED = {
  approximate: 3,
  precise: 80,
  twoPass: 7.9,
  processes: 10_000,
  cpus: 256,
};

/**
 * Microseconds of a selection by the published measurement: what is beyond a look at each process is the
 * sums', four counters of all CPUs each, and grows with the CPUs. A model.
 */
export function modelledMicroseconds(
  processes: number,
  preciseSums: number,
  passes: 1 | 2,
  cpus: number,
): number {
  const { approximate, precise, twoPass } = PUBLISHED;
  const each = (milliseconds: number) => (1000 * milliseconds) / PUBLISHED.processes;
  const look = each(approximate);
  const sum = each(precise - approximate);
  const secondLook = each(twoPass - approximate) - (MOST_PRECISE_SUMS * sum) / PUBLISHED.processes;
  const looks = processes * (look + (passes === 2 ? secondLook : 0));
  return looks + (preciseSums * sum * cpus) / PUBLISHED.cpus;
}
