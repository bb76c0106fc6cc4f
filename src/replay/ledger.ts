/** The ledger of truth: what is really resident, and who took part. Knows nothing of schemes. */
import { IN_RSS, NR_MEMBERS } from '../kernel/rss-stat.ts';
import { UPDATES_PER_BATCH, type UpdateColumns } from '../update/columns.ts';
import { FIRST_KIND_WITHOUT_PAGES, KIND } from '../update/kinds.ts';

export interface Ledger {
  /** Pages of each member. */
  readonly members: Float64Array;
  /** RSS in pages before the batch, and after each of its updates. */
  rssBefore: number;
  readonly rssAfter: Float64Array;
  /** 1 for each CPU that an update with pages ran on. */
  readonly usedCpus: Uint8Array;
  /** 1 for each thread that made one. */
  usedThreads: Uint8Array;
  /** Updates entered; a run that was cut at the edge of a batch is one. */
  updates: number;
  operations: number;
  /** The last update was a run of faults that did not end its operation. */
  runIsOpen: boolean;
}

export function createLedger(nrCpuIds: number): Ledger {
  return {
    members: new Float64Array(NR_MEMBERS),
    rssBefore: 0,
    rssAfter: new Float64Array(UPDATES_PER_BATCH),
    usedCpus: new Uint8Array(nrCpuIds),
    usedThreads: new Uint8Array(0),
    updates: 0,
    operations: 0,
    runIsOpen: false,
  };
}

/** Enters a batch. */
export function enter(ledger: Ledger, updates: UpdateColumns): void {
  if (ledger.usedThreads.length < updates.threads) {
    const larger = new Uint8Array(Math.max(updates.threads, 2 * ledger.usedThreads.length));
    larger.set(ledger.usedThreads);
    ledger.usedThreads = larger;
  }
  const { length, thread, cpu, pages, kind, member, operationEnd } = updates;
  const { members, rssAfter, usedCpus, usedThreads } = ledger;
  let rss = 0;
  for (let m = 0; m < NR_MEMBERS; m++) rss += members[m]! * IN_RSS[m]!;
  ledger.rssBefore = rss;
  let operations = 0;
  for (let u = 0; u < length; u++) {
    if (kind[u]! < FIRST_KIND_WITHOUT_PAGES) {
      const m = member[u]!;
      const delta = pages[u]!;
      members[m]! += delta;
      rss += delta * IN_RSS[m]!;
      usedCpus[cpu[u]!] = 1;
      usedThreads[thread[u]!] = 1;
    }
    rssAfter[u] = rss;
    operations += operationEnd[u]!;
  }
  const continues = ledger.runIsOpen && kind[0] === KIND.fault;
  ledger.updates += continues ? length - 1 : length;
  ledger.runIsOpen = kind[length - 1] === KIND.fault && operationEnd[length - 1] === 0;
  ledger.operations += operations;
}
