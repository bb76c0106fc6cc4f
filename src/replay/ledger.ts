/** The ledger of truth: what is really resident, and who took part. Knows nothing of schemes. */
import { IN_RSS, NR_MEMBERS } from '../kernel/rss-stat.ts';
import type { Pages } from '../units/pages.ts';
import type { UpdateColumns } from '../update/columns.ts';
import { FIRST_KIND_WITHOUT_PAGES } from '../update/kinds.ts';

export interface Ledger {
  /** Pages of each member. */
  readonly members: Float64Array;
  /** RSS in pages now, and after each update of the batch. */
  rss: number;
  rssAfter: Float64Array;
  /** The member that every update of the batch is of; null where they are of several. */
  onlyMember: number | null;
  /** 1 for each CPU that an update with pages ran on. */
  readonly usedCpus: Uint8Array;
  /** 1 for each thread that made one. */
  usedThreads: Uint8Array;
  updates: number;
  operations: number;
}

export function createLedger(nrCpuIds: number): Ledger {
  return {
    members: new Float64Array(NR_MEMBERS),
    rss: 0,
    rssAfter: new Float64Array(0),
    onlyMember: null,
    usedCpus: new Uint8Array(nrCpuIds),
    usedThreads: new Uint8Array(0),
    updates: 0,
    operations: 0,
  };
}

/** Pages that were there before the first update, and that no one is known to have added. */
export function enterBefore(ledger: Ledger, member: number, pages: Pages): void {
  ledger.members[member]! += pages;
  ledger.rss += pages * IN_RSS[member]!;
}

/** Enters a batch. */
export function enter(ledger: Ledger, updates: UpdateColumns): void {
  if (ledger.usedThreads.length < updates.threads) {
    const larger = new Uint8Array(Math.max(updates.threads, 2 * ledger.usedThreads.length));
    larger.set(ledger.usedThreads);
    ledger.usedThreads = larger;
  }
  const { length, thread, cpu, pages, kind, member, operationEnd } = updates;
  if (ledger.rssAfter.length < length) ledger.rssAfter = new Float64Array(thread.length);
  const { members, rssAfter, usedCpus, usedThreads } = ledger;
  let m = member[0]!;
  let total = members[m]!;
  let rss = ledger.rss;
  let inRss = IN_RSS[m]!;
  let operations = 0;
  ledger.onlyMember = m;
  for (let u = 0; u < length; u++) {
    if (member[u] !== m) {
      members[m] = total;
      m = member[u]!;
      total = members[m]!;
      inRss = IN_RSS[m]!;
      ledger.onlyMember = null;
    }
    if (kind[u]! < FIRST_KIND_WITHOUT_PAGES) {
      const delta = pages[u]!;
      total += delta;
      rss += delta * inRss;
      usedCpus[cpu[u]!] = 1;
      usedThreads[thread[u]!] = 1;
    }
    rssAfter[u] = rss;
    operations += operationEnd[u]!;
  }
  members[m] = total;
  ledger.rss = rss;
  ledger.updates += length;
  ledger.operations += operations;
}
