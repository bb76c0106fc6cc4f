/** The ledger of truth: what is really resident, and who took part. Knows nothing of schemes. */
import { IN_RSS, NR_MEMBERS } from '../kernel/rss-stat.ts';
import type { Pages } from '../units.ts';
import { stretchEnd, type UpdateColumns } from '../update/columns.ts';
import { FIRST_KIND_WITHOUT_PAGES, FIRST_MOMENT, KIND } from '../update/kinds.ts';
import { createTruths, type Truths } from './steady.ts';

/** Who took part, by number. */
interface Users {
  /** 1 for each that did. */
  used: Uint8Array;
  /** All before this one did. */
  firstUnused: number;
}

/** The numbers of those who took part, ascending. */
export function usersOf({ used }: Users): Int32Array {
  const users: number[] = [];
  used.forEach((isUsed, number) => {
    if (isUsed === 1) users.push(number);
  });
  return Int32Array.from(users);
}

export interface Ledger {
  /** Pages of each member. */
  readonly members: Float64Array;
  /** RSS in pages now, and after each update of the batch. */
  rss: number;
  rssAfter: Float64Array;
  /** How often each of those stands. */
  readonly truths: Truths;
  /** The most RSS that there was after any update; pages. */
  largestRss: number;
  /** The member that the batch is one stretch of, or null. */
  onlyMember: number | null;
  /** Every update of the batch ends an operation. */
  everyRowEnds: boolean;
  /** The CPUs that updates with pages ran on, and the threads that made them or are told to begin. */
  readonly cpus: Users;
  readonly threads: Users;
  updates: number;
  operations: number;
}

export function createLedger(nrCpuIds: number): Ledger {
  return {
    members: new Float64Array(NR_MEMBERS),
    rss: 0,
    rssAfter: new Float64Array(0),
    truths: createTruths(),
    largestRss: 0,
    onlyMember: null,
    everyRowEnds: false,
    cpus: { used: new Uint8Array(nrCpuIds), firstUnused: 0 },
    threads: { used: new Uint8Array(0), firstUnused: 0 },
    updates: 0,
    operations: 0,
  };
}

/** Pages that were there before the first update, and that no one is known to have added. */
export function enterBefore(ledger: Ledger, member: number, pages: Pages): void {
  ledger.members[member]! += pages;
  ledger.rss += pages * IN_RSS[member]!;
}

/** Marks who took part in it, unless all are marked: before long, most replays have seen all. */
function mark(users: Users, holder: Int32Array, length: number): void {
  const { used } = users;
  if (users.firstUnused === used.length) return;
  for (let u = 0; u < length; u++) used[holder[u]!] = 1;
  while (used[users.firstUnused] === 1) users.firstUnused += 1;
}

/** Room for a batch's rows and threads. */
function makeRoom(ledger: Ledger, { threads, thread }: UpdateColumns): void {
  if (ledger.rssAfter.length < thread.length) ledger.rssAfter = new Float64Array(thread.length);
  const { used } = ledger.threads;
  if (used.length >= threads) return;
  ledger.threads.used = new Uint8Array(Math.max(threads, 2 * used.length));
  ledger.threads.used.set(used);
}

function endedIn(operationEnd: Uint8Array, length: number): number {
  let operations = 0;
  for (let u = 0; u < length; u++) operations += operationEnd[u]!;
  return operations;
}

/** Enters a batch that is one stretch. @returns the operations that ended in it. */
function enterStretch(ledger: Ledger, updates: UpdateColumns): number {
  const { length, thread, cpu, pages, member, operationEnd, endsEach } = updates;
  const { rss, rssAfter, members } = ledger;
  const m = member[0]!;
  let sum = 0;
  if (IN_RSS[m] === 1) {
    let after = rss;
    let largest = ledger.largestRss;
    for (let u = 0; u < length; u++) {
      after += pages[u]!;
      rssAfter[u] = after;
      if (after > largest) largest = after;
    }
    ledger.rss = after;
    ledger.largestRss = largest;
    sum = after - rss;
  } else {
    for (let u = 0; u < length; u++) {
      sum += pages[u]!;
      rssAfter[u] = rss;
    }
  }
  members[m]! += sum;
  mark(ledger.cpus, cpu, length);
  mark(ledger.threads, thread, length);
  return endsEach ? length : endedIn(operationEnd, length);
}

/** Enters rows of several members, or without pages. @returns the operations that ended, and the moments. */
function enterMixed(
  ledger: Ledger,
  updates: UpdateColumns,
): { operations: number; moments: number } {
  const { length, thread, cpu, pages, kind, member, operationEnd } = updates;
  const { rssAfter, members } = ledger;
  const { used: usedCpus } = ledger.cpus;
  const { used: usedThreads } = ledger.threads;
  const inRss = IN_RSS;
  const firstWithout = FIRST_KIND_WITHOUT_PAGES;
  const firstMoment = FIRST_MOMENT;
  const { threadStart } = KIND;
  let { rss, largestRss } = ledger;
  let operations = 0;
  let moments = 0;
  for (let u = 0; u < length; u++) {
    const k = kind[u]!;
    if (k < firstWithout) {
      const m = member[u]!;
      const delta = pages[u]!;
      members[m]! += delta;
      rss += delta * inRss[m]!;
      if (rss > largestRss && inRss[m] === 1) largestRss = rss;
      usedCpus[cpu[u]!] = 1;
      usedThreads[thread[u]!] = 1;
    } else {
      if (k === threadStart) usedThreads[thread[u]!] = 1;
      if (k >= firstMoment) moments += 1;
    }
    rssAfter[u] = rss;
    operations += operationEnd[u]!;
  }
  ledger.rss = rss;
  ledger.largestRss = largestRss;
  return { operations, moments };
}

/** Enters a batch. */
export function enter(ledger: Ledger, updates: UpdateColumns): void {
  const { length, member } = updates;
  makeRoom(ledger, updates);
  ledger.truths.counted = null;
  const isStretch = length > 0 && stretchEnd(updates, 0) === length;
  const { operations, moments } = isStretch
    ? { operations: enterStretch(ledger, updates), moments: 0 }
    : enterMixed(ledger, updates);
  ledger.onlyMember = isStretch ? member[0]! : null;
  ledger.updates += length - moments;
  ledger.operations += operations;
  ledger.everyRowEnds = operations === length;
}
